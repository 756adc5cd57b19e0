// The monitor with a third-party Majordomo broker and worker: the Go examples of the ZeroMQ guide (MDP/0.1), which
// test/majordomo fetches.
#include <csignal>
#include <optional>

#include "test/support/basics/tool.hpp"
#include "test/support/monitor/monitor_program.hpp"
#include "test/support/monitor/monitor_worlds.hpp"

namespace revenant::test {
namespace {

using boost::json::object;

/// The broker drops a worker 7.5 to 10 s after its last heartbeat; an open breaker retries after 30 s.
constexpr milliseconds worker_patience{60'000};

ComponentWatch::Wanted in_state(const char* state) {
    return [state](const object& component) { return component.at("state") == state; };
}

/// At least `times` failures in a row, or healthy.
ComponentWatch::Wanted failed(int times) {
    return [times](const object& component) {
        return component.at("failures").to_number<int>() >= times || component.at("state") == "healthy";
    };
}

class foreign_broker : public MonitorProgram {
protected:
    void SetUp() override {
        Spawned build{{REVENANT_MAJORDOMO, "build"}, 2};
        const Deadline deadline{milliseconds{240'000}};  // includes a download
        const auto said = build.rest(deadline);
        const auto code = build.wait(deadline);
        if (code == skipped_code)
            GTEST_SKIP() << said;
        ASSERT_EQ(code, 0) << said;
    }
    void start_broker() {
        broker_.reset();
        broker_.emplace(std::vector<std::string>{REVENANT_MAJORDOMO, "mdbroker", endpoint_}, 2);
        broker_->line_with("is active at");
    }
    /// Serves 'echo': returns the request body.
    void start_worker(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {REVENANT_MAJORDOMO, "mdworker", endpoint_});
        worker_.reset();
        worker_.emplace(more, 2);
    }
    [[nodiscard]] std::string way(const std::string& name, const std::string& service,
                                  const std::string& dialect = "rfc7") const {
        return name + "=mdp+" + dialect + endpoint_.substr(3) + "/" + service + " ";
    }

    std::string endpoint_ = "tcp://127.0.0.1:" + free_port();
    std::optional<Spawned> broker_, worker_;
};

TEST_F(foreign_broker, worker_loss_and_return_change_state) {
    start_broker();
    start({"--dependencies", way("asked", "echo")});
    ComponentWatch watch{port_};
    const auto absent = watch.until("dependency:asked", in_state("unhealthy"), worker_patience);
    EXPECT_EQ(absent.at("reason"), "the broker has no worker for 'echo'");
    EXPECT_EQ(absent.at("stale"), false);
    start_worker();
    const auto served = watch.until("dependency:asked", in_state("healthy"), worker_patience);
    EXPECT_EQ(served.at("reason"), "the broker serves 'echo'");
    worker_.reset();  // killed, so it sends no DISCONNECT
    const auto gone = watch.until("dependency:asked", in_state("degraded"), worker_patience);
    EXPECT_EQ(gone.at("reason"), "the broker has no worker for 'echo'");
    watch.until("dependency:asked", in_state("unhealthy"), worker_patience);
    start_worker();
    watch.until("dependency:asked", in_state("healthy"), worker_patience);
    EXPECT_EQ(stop(), 0);
}

TEST_F(foreign_broker, late_reply_is_ignored) {
    start_broker();
    start_worker({"-v"});  // logs what it sends
    // Nothing listens on the second port: it fails at once in every period and so counts the periods.
    start({"--period-ms", "50", "--dependencies",
           way("tagged", "echo?echo") + "beat=http://127.0.0.1:" + free_port() + "/"});
    ComponentWatch watch{port_};
    watch.until("dependency:tagged", in_state("healthy"), worker_patience);
    worker_->signal(SIGSTOP);
    const auto changed = watch.until("dependency:tagged", in_state("unhealthy"), worker_patience).at("changed");
    worker_->skip_lines();
    // The worker holds an expired request. It answers only that one, while the next check waits.
    const auto beats = watch.told("dependency:beat").size();
    const auto later = [&](const object&) { return watch.told("dependency:beat").size() >= beats + 4; };
    watch.until("dependency:beat", later, worker_patience);
    broker_->signal(SIGSTOP);
    worker_->signal(SIGCONT);
    worker_->line_with("sending REPLY");
    worker_->signal(SIGSTOP);
    broker_->signal(SIGCONT);
    EXPECT_EQ(watch.until("dependency:tagged", failed(4), worker_patience).at("changed"), changed);
    worker_->signal(SIGCONT);  // answers all requests
    watch.until("dependency:tagged", in_state("healthy"), worker_patience);
    EXPECT_EQ(stop(), 0);
}

TEST_F(foreign_broker, restarted_broker_is_probed_again) {
    start_broker();
    start_worker();
    start({"--dependencies", way("asked", "echo")});
    ComponentWatch watch{port_};
    watch.until("dependency:asked", in_state("healthy"), worker_patience);
    broker_.reset();
    const auto silent = watch.until("dependency:asked", in_state("unhealthy"), worker_patience);
    EXPECT_EQ(silent.at("reason"), "no response from the broker within the deadline");
    EXPECT_EQ(silent.at("stale"), true);
    start_broker();  // its worker reconnects
    watch.until("dependency:asked", in_state("healthy"), worker_patience);
    EXPECT_EQ(stop(), 0);
}

TEST_F(foreign_broker, unknown_dialects_get_no_reply) {
    start_broker();
    start_worker();
    start({"--dependencies", way("asked", "echo") + way("rfc18", "echo", "rfc18") + way("plantd", "echo", "plantd")});
    ComponentWatch watch{port_};
    const auto given_up = [](const object& component) { return component.at("breaker") == "open"; };
    for (const std::string name : {"dependency:rfc18", "dependency:plantd"}) {
        watch.until(name, given_up, worker_patience);
        for (const auto& component : watch.told(name))
            EXPECT_EQ(component.at("state"), "unhealthy") << name;
    }
    watch.until("dependency:asked", in_state("healthy"), worker_patience);
    EXPECT_EQ(stop(), 0);
}

}  // namespace
}  // namespace revenant::test
