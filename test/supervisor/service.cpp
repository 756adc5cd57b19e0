#include "test/supervisor/service.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <system_error>

#include <boost/json/array.hpp>
#include <fcntl.h>

namespace revenant::supervisor {
namespace {

constexpr auto never = Clock::time_point::max();

std::string joined(const std::vector<std::string>& words, char separator) {
    std::string all;
    for (const auto& word : words)
        all += (all.empty() ? "" : std::string{separator}) + word;
    return all;
}

}  // namespace

const char* to_string(ServiceState state) {
    switch (state) {
        case ServiceState::stopped:
            return "stopped";
        case ServiceState::starting:
            return "starting";
        case ServiceState::ready:
            return "ready";
        case ServiceState::stopping:
            return "stopping";
        case ServiceState::waiting:
            return "waiting";
    }
    return "?";
}

Service::Service(const asio::any_io_executor& executor, ServiceSpec spec, std::filesystem::path dir,
                 std::function<void()> hear_last_words)
    : spec_{std::move(spec)},
      dir_{std::move(dir)},
      hear_last_words_{std::move(hear_last_words)},
      changed_{executor, never},
      deadline_{executor, never},
      pause_{executor},
      wanted_{spec_.autostart} {}

awaitable<void> Service::run() {
    for (;;) {
        while (!wanted_)
            co_await changed_.async_wait(as_tuple(use_awaitable));
        co_await live();
        if (wanted_)
            co_await pause();
        if (!wanted_) {
            store_.clear();
            again_ = false;
            enter(ServiceState::stopped);
        }
    }
}

/// Runs one process until its whole group has ended.
awaitable<void> Service::live() {
    try {
        begin();
    } catch (const std::system_error& error) {
        last_exit_ = error.what();
        std::cerr << spec_.name << ": cannot start, retrying: " << last_exit_ << std::endl;
        co_return;
    }
    asio::posix::stream_descriptor ended{
        deadline_.get_executor(), checked(::fcntl(child_->ended(), F_DUPFD_CLOEXEC, 0), "duplicate a descriptor")};
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(guard());
        co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, use_awaitable);
    };
    co_await with_group(body);
    hear_last_words_();
    last_exit_ = describe_exit(child_->reap());
    child_.reset();
    std::cerr << spec_.name << ": ended with " << last_exit_ << std::endl;
}

void Service::begin() {
    const auto log = open_file(dir_ / (spec_.name + ".log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
    Command command{spec_.argv, spec_.environment, {}, log.get(), log.get(), store_.descriptors()};
    command.environment.push_back("NOTIFY_SOCKET=" + (dir_ / "notify.sock").string());
    if (spec_.watchdog.count() > 0) {
        command.environment.push_back("WATCHDOG_USEC=" + std::to_string(spec_.watchdog.count() * 1000));
        command.pid_variables.emplace_back("WATCHDOG_PID");
    }
    if (!store_.empty()) {
        const auto names = store_.names();
        command.environment.push_back("LISTEN_FDS=" + std::to_string(names.size()));
        command.environment.push_back("LISTEN_FDNAMES=" + joined(names, ':'));
        command.pid_variables.emplace_back("LISTEN_PID");
    }
    status_.clear();
    if (std::exchange(again_, true))
        ++restarts_;
    child_.emplace(command);
    // Until READY=1, the watchdog interval limits the start time.
    move_deadline(spec_.watchdog.count() > 0 ? Clock::now() + spec_.watchdog : never);
    enter(ServiceState::starting);
}

/// Kills the process when its deadline, which may be moved, expires.
awaitable<void> Service::guard() {
    for (;;) {
        co_await deadline_.async_wait(as_tuple(use_awaitable));
        if (Clock::now() < deadline_.expiry())
            continue;
        if (state_ != ServiceState::stopping)
            ++watchdog_kills_;
        std::cerr << spec_.name << ": " << (state_ == ServiceState::stopping ? "did not stop" : "watchdog")
                  << ", killed" << std::endl;
        child_->signal_group(SIGKILL);  // not ABRT, which does not end a stopped process
        move_deadline(never);
    }
}

awaitable<void> Service::pause() {
    enter(ServiceState::waiting);
    pause_.expires_after(spec_.restart_delay);
    co_await pause_.async_wait(as_tuple(use_awaitable));
}

void Service::start() {
    wanted_ = true;
    enter(state_);
}

void Service::stop() {
    wanted_ = false;
    pause_.cancel();
    end_soon();
}

void Service::restart() {
    wanted_ = true;
    enter(state_);
    end_soon();
}

void Service::end_soon() {
    if (!child_)
        return;
    child_->signal_group(SIGCONT);  // lets a stopped process receive SIGTERM; sent first, so as not to disturb its exit
    child_->signal_group(SIGTERM);
    enter(ServiceState::stopping);
    move_deadline(std::min(deadline_.expiry(), Clock::now() + spec_.stop_grace));
}

bool Service::signal(int number) {
    if (child_)
        child_->signal(number);
    return child_.has_value();
}

void Service::hear(Notification& message) {
    const auto name = message.value("FDNAME").value_or("stored");
    if (message.says("FDSTORE", "1"))
        for (auto& descriptor : message.descriptors)
            if (!store_.keep(name, std::move(descriptor)))
                std::cerr << spec_.name << ": descriptor '" << name << "' not stored: no room" << std::endl;
    if (message.says("FDSTOREREMOVE", "1"))
        store_.remove(name);
    if (const auto status = message.value("STATUS"))
        status_ = *status;
    const bool ends = state_ == ServiceState::stopping;
    if (message.says("STOPPING", "1") && !ends) {
        move_deadline(Clock::now() + spec_.stop_grace);
        enter(ServiceState::stopping);
    } else if (!ends && spec_.watchdog.count() > 0 && (message.says("WATCHDOG", "1") || message.says("READY", "1"))) {
        move_deadline(Clock::now() + spec_.watchdog);
    }
    const bool ready = message.says("READY", "1") && state_ == ServiceState::starting;
    enter(ready ? ServiceState::ready : state_);  // also wakes waiters for a status
}

void Service::enter(ServiceState state) {
    state_ = state;
    changed_.cancel();
}

void Service::move_deadline(Clock::time_point when) {
    deadline_.expires_at(when);  // wakes guard(), which waits again
}

awaitable<bool> Service::until(std::function<bool(const Service&)> wanted, std::chrono::milliseconds limit) {
    const auto end = Clock::now() + limit;
    Timer alarm{changed_.get_executor(), end};
    alarm.async_wait([this](error_code error) {
        if (!error)
            changed_.cancel();
    });
    while (!wanted(*this)) {
        if (Clock::now() >= end)
            co_return false;
        co_await changed_.async_wait(as_tuple(use_awaitable));
    }
    co_return true;
}

boost::json::object Service::describe() const {
    boost::json::array stored;
    for (const auto& name : store_.names())
        stored.emplace_back(name);
    return {{"name", spec_.name},    {"state", to_string(state_)},        {"pid", pid()},
            {"restarts", restarts_}, {"watchdog_kills", watchdog_kills_}, {"last_exit", last_exit_},
            {"status", status_},     {"stored", std::move(stored)}};
}

}  // namespace revenant::supervisor
