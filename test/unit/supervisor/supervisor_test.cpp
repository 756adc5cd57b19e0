#include "test/supervisor/supervisor.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

#include <boost/json/array.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant::supervisor {
namespace {

constexpr auto patience = 10s;

std::string text_of(const boost::json::object& description, const char* key) {
    return std::string{description.at(key).as_string()};
}

auto restarted(unsigned times) {
    return [times](const Service& service) { return service.restarts() >= times; };
}
auto in_state(ServiceState state) {
    return [state](const Service& service) { return service.state() == state; };
}

ServiceSpec service(const std::string& name, std::vector<std::string> argv) {
    ServiceSpec spec;
    spec.name = name;
    spec.argv = std::move(argv);
    spec.restart_delay = 1ms;
    return spec;
}
ServiceSpec probe(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), SUPERVISOR_PROBE);
    return service(name, std::move(arguments));
}

class SupervisorTest : public testing::Test {
protected:
    /// Supervises the services while `body(supervisor)` runs, then shuts down; no process may remain.
    template <typename Body>
    void supervise(std::vector<ServiceSpec> services, Body body) {
        asio::io_context io{1};
        Supervisor supervisor{io.get_executor(), dir_.path() / "supervisor", std::move(services)};
        std::exception_ptr run_failure, body_failure;
        asio::co_spawn(io, supervisor.run(), [&](std::exception_ptr error) { run_failure = error; });
        asio::co_spawn(io, body(supervisor), [&](std::exception_ptr error) {
            body_failure = error;
            supervisor.shut_down();
        });
        io.run();
        for (const auto& failure : {run_failure, body_failure})
            if (failure)
                std::rethrow_exception(failure);
        EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process or a zombie is left";
    }

    std::string log(const std::string& name) const {
        std::ifstream in{dir_.path() / "supervisor" / (name + ".log")};
        std::ostringstream text;
        text << in.rdbuf();
        return text.str();
    }

    test::TemporaryDirectory dir_;
};

TEST_F(SupervisorTest, exited_service_is_restarted) {
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& one = *supervisor.find("one");
        EXPECT_TRUE(co_await one.until(restarted(3), patience));
        EXPECT_EQ(text_of(one.describe(), "last_exit"), "exit code 3");
    };
    supervise({service("one", {"/bin/sh", "-c", "echo here; exit 3"})}, body);
    EXPECT_TRUE(log("one").starts_with("here\nhere\nhere\n"));
}

TEST_F(SupervisorTest, failed_start_is_retried_and_named) {
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& one = *supervisor.find("one");
        EXPECT_TRUE(co_await one.until(restarted(2), patience));
        EXPECT_NE(text_of(one.describe(), "last_exit").find("/no/such/program"), std::string::npos);
    };
    supervise({service("one", {"/no/such/program"})}, body);
}

TEST_F(SupervisorTest, watchdog_kills_silent_process_only) {
    auto one = probe("one", {"beat"});
    one.watchdog = 400ms;
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& service = *supervisor.find("one");
        // Six beats take one and a half watchdog intervals.
        const auto six_beats_or_restarted = [](const Service& s) {
            return text_of(s.describe(), "status") == "beat 6" || s.restarts() > 0;
        };
        EXPECT_TRUE(co_await service.until(six_beats_or_restarted, patience));
        EXPECT_EQ(service.restarts(), 0U);
        EXPECT_TRUE(service.signal(SIGSTOP));
        EXPECT_TRUE(co_await service.until(restarted(1), patience));
        EXPECT_EQ(service.describe().at("watchdog_kills").to_number<int>(), 1);
        EXPECT_EQ(text_of(service.describe(), "last_exit"), "signal 9 (Killed)");
        EXPECT_TRUE(co_await service.until(in_state(ServiceState::ready), patience));
    };
    supervise({one}, body);
}

TEST_F(SupervisorTest, service_without_ready_is_killed) {
    auto one = service("one", {"/bin/sleep", "1000"});
    one.watchdog = 50ms;
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        EXPECT_TRUE(co_await supervisor.find("one")->until(restarted(2), patience));
        EXPECT_EQ(supervisor.find("one")->describe().at("watchdog_kills").to_number<int>(), 2);
    };
    supervise({one}, body);
}

TEST_F(SupervisorTest, stored_descriptors_survive_crash_not_stop) {
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& one = *supervisor.find("one");
        EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
        EXPECT_EQ(text_of(one.describe(), "status"), "received ");
        for (unsigned crash = 1; crash <= 2; ++crash) {
            one.signal(SIGKILL);
            EXPECT_TRUE(co_await one.until(restarted(crash), patience));
            EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
            EXPECT_EQ(text_of(one.describe(), "status"), "received keys=secret of keys more=secret of more ");
        }
        one.stop();
        EXPECT_TRUE(co_await one.until(in_state(ServiceState::stopped), patience));
        EXPECT_TRUE(one.describe().at("stored").as_array().empty());
        one.start();
        EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
        EXPECT_EQ(text_of(one.describe(), "status"), "received ");
    };
    supervise({probe("one", {"keep", "keys", "more"})}, body);
}

TEST_F(SupervisorTest, restart_command_keeps_descriptors) {
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& one = *supervisor.find("one");
        EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
        one.restart();
        EXPECT_TRUE(co_await one.until(restarted(1), patience));
        EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
        EXPECT_EQ(text_of(one.describe(), "status"), "received keys=secret of keys ");
        EXPECT_EQ(text_of(one.describe(), "last_exit"), "exit code 0");
    };
    supervise({probe("one", {"keep", "keys"})}, body);
}

TEST_F(SupervisorTest, descriptor_stored_before_exit_is_kept) {
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& one = *supervisor.find("one");
        for (unsigned round = 1; round <= 10; ++round) {
            EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
            EXPECT_EQ(text_of(one.describe(), "status"), "received keys=secret of keys ");
            EXPECT_EQ(one.restarts(), round);
            one.stop();
            EXPECT_TRUE(co_await one.until(in_state(ServiceState::stopped), patience));
            one.start();
        }
    };
    supervise({probe("one", {"last-words", "keys"})}, body);
}

TEST_F(SupervisorTest, pending_messages_precede_reaping) {
    asio::io_context io{1};
    std::vector<pid_t> known;  // at each call
    Service* one = nullptr;
    Service service_one{io.get_executor(), service("one", {"/bin/true"}), dir_.path(),
                        [&] { known.push_back(one->pid()); }};
    one = &service_one;
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(service_one.run());
        EXPECT_TRUE(co_await service_one.until(restarted(2), patience));
    };
    asio::co_spawn(io, with_group(body), [](std::exception_ptr error) { EXPECT_FALSE(error); });
    io.run();
    ASSERT_GE(known.size(), 2U);
    EXPECT_EQ(std::count(known.begin(), known.end(), 0), 0);
}

TEST_F(SupervisorTest, store_holds_four_and_removes_by_name) {
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        Service& one = *supervisor.find("one");
        EXPECT_TRUE(co_await one.until(in_state(ServiceState::ready), patience));
        const boost::json::array expected{"a", "c", "d"};
        EXPECT_EQ(one.describe().at("stored").as_array(), expected);
    };
    supervise({probe("one", {"keep", "a", "b", "c", "d", "e", "-b"})}, body);
}

TEST_F(SupervisorTest, services_stop_in_reverse_order) {
    const auto file = (dir_.path() / "order").string();
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        for (const auto& one : supervisor.services())
            EXPECT_TRUE(co_await one->until(in_state(ServiceState::ready), patience));
    };
    supervise({probe("one", {"leave", file, "one"}), probe("two", {"leave", file, "two"}),
               probe("three", {"leave", file, "three"})},
              body);
    std::ostringstream order;
    order << std::ifstream{file}.rdbuf();
    EXPECT_EQ(order.str(), "three\ntwo\none\n");
}

TEST_F(SupervisorTest, stop_sends_sigterm_then_sigkill) {
    auto deaf = probe("deaf", {"deaf"});
    deaf.stop_grace = 50ms;
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        for (const auto& one : supervisor.services()) {
            EXPECT_TRUE(co_await one->until(in_state(ServiceState::ready), patience));
            one->signal(SIGSTOP);
            one->stop();
            EXPECT_TRUE(co_await one->until(in_state(ServiceState::stopped), patience));
        }
        EXPECT_EQ(text_of(supervisor.find("deaf")->describe(), "last_exit"), "signal 9 (Killed)");
        EXPECT_EQ(text_of(supervisor.find("good")->describe(), "last_exit"), "exit code 0");
    };
    supervise({deaf, probe("good", {"leave", (dir_.path() / "left").string(), "good"})}, body);
}

TEST_F(SupervisorTest, grandchildren_are_killed) {
    const auto file = dir_.path() / "pid";
    const auto body = [](Supervisor& supervisor) -> awaitable<void> {
        EXPECT_TRUE(co_await supervisor.find("one")->until(restarted(1), patience));
    };
    supervise({service("one", {"/bin/sh", "-c", "sleep 1000 & echo $! >>" + file.string() + "; kill -9 $$"})}, body);
    std::ifstream pids{file};
    int count = 0;
    for (pid_t pid = 0; pids >> pid; ++count) {
        const UniqueFd process{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
        pollfd ended{process.get(), POLLIN, 0};
        EXPECT_TRUE(!process || ::poll(&ended, 1, 5000) == 1) << "grandchild " << pid << " still runs";
    }
    EXPECT_GE(count, 1);
}

TEST_F(SupervisorTest, hundred_restarts_leak_no_descriptor) {
    const auto open_descriptors = [] {
        const std::filesystem::directory_iterator all{"/proc/self/fd"};
        return std::distance(begin(all), end(all));
    };
    auto one = service("one", {"/bin/true"});
    one.restart_delay = 0ms;
    const auto body = [&](Supervisor& supervisor) -> awaitable<void> {
        Service& service = *supervisor.find("one");
        const auto waits_after = [](unsigned times) {
            return [times](const Service& s) { return s.restarts() >= times && s.state() == ServiceState::waiting; };
        };
        EXPECT_TRUE(co_await service.until(waits_after(5), patience));
        const auto before = open_descriptors();
        EXPECT_TRUE(co_await service.until(waits_after(105), patience));
        EXPECT_EQ(open_descriptors(), before);
    };
    supervise({one}, body);
}

TEST_F(SupervisorTest, second_supervisor_in_directory_throws) {
    const auto body = [this](Supervisor&) -> awaitable<void> {
        EXPECT_THROW(Supervisor(co_await asio::this_coro::executor, dir_.path() / "supervisor", {}),
                     std::runtime_error);
    };
    supervise({}, body);
}

}  // namespace
}  // namespace revenant::supervisor
