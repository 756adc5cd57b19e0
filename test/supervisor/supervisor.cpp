#include "test/supervisor/supervisor.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "common/async/task_group.hpp"
#include "test/supervisor/control.hpp"

namespace revenant::supervisor {
namespace {

/// Locks the directory, then removes sockets of a killed predecessor.
UniqueFd take_directory(const std::filesystem::path& dir) {
    if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST)
        checked(-1, "mkdir", dir);
    auto lock = open_file(dir, O_RDONLY | O_DIRECTORY);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
        throw std::runtime_error{"another supervisor uses '" + dir.string() + "': stop it or choose another --dir"};
    for (const auto* socket : {"notify.sock", "control.sock"})
        std::filesystem::remove(dir / socket);
    return lock;
}

}  // namespace

Supervisor::Supervisor(const asio::any_io_executor& executor, std::filesystem::path dir,
                       std::vector<ServiceSpec> services)
    : dir_{std::filesystem::absolute(dir)},  // services may have another working directory
      lock_{take_directory(dir_)},
      notify_{executor, dir_ / "notify.sock"},
      control_{listen_for_commands(executor, dir_)},
      shut_down_{executor, Timer::time_point::max()} {
    for (auto& service : services)
        services_.push_back(std::make_unique<Service>(executor, std::move(service), dir_, [this] { hear_all(); }));
}

Supervisor::~Supervisor() {
    std::error_code ignored;
    for (const auto* name : {"notify.sock", "control.sock"})
        std::filesystem::remove(dir_ / name, ignored);
}

awaitable<void> Supervisor::run() {
    const auto serve_control = [this](TaskGroup& control) -> awaitable<void> {
        control.spawn(serve_commands(control_, *this));
        while (!ending_)
            co_await shut_down_.async_wait(as_tuple(use_awaitable));
    };
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(listen());
        for (const auto& service : services_)
            group.spawn(service->run());
        co_await with_group(serve_control);
        for (auto service = services_.rbegin(); service != services_.rend(); ++service) {
            (*service)->stop();
            const auto stopped = [](const Service& one) { return one.state() == ServiceState::stopped; };
            co_await (*service)->until(stopped, (*service)->spec().stop_grace + 5s);
        }
    };
    co_await with_group(body);
}

void Supervisor::shut_down() {
    ending_ = true;
    shut_down_.cancel();
}

Service* Supervisor::find(std::string_view name) {
    const auto it = std::find_if(services_.begin(), services_.end(),
                                 [&](const auto& service) { return service->spec().name == name; });
    return it == services_.end() ? nullptr : it->get();
}

awaitable<void> Supervisor::listen() {
    for (;;) {
        co_await notify_.readable();
        hear_all();
    }
}

void Supervisor::hear_all() {
    constexpr int one_turn = 1024;  // more than a socket queues; bounds a flood from one service
    for (int left = one_turn; left > 0; --left) {
        auto message = notify_.take();
        if (!message)
            return;
        const auto sender = std::find_if(services_.begin(), services_.end(), [&](const auto& service) {
            return message->sender > 0 && service->pid() == message->sender;
        });
        if (sender != services_.end())
            (*sender)->hear(*message);
    }
}

}  // namespace revenant::supervisor
