#include "liveness/liveness.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/status_reader.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::liveness {
namespace {

using namespace test;
namespace fs = std::filesystem;

class liveness : public ::testing::Test {
protected:
    template <typename Body>
    void with_liveness(Body body) {
        run([&]() -> awaitable<void> {
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(run_liveness(directory_.path(), 1h));
                co_await until([&] { return fs::exists(at("heartbeat.sock")); });
                co_await body();
            };
            co_await with_group(both);
        });
        EXPECT_TRUE(fs::is_empty(directory_.path()));
    }

    [[nodiscard]] fs::path at(const std::string& name) const { return directory_.path() / name; }

    TemporaryDirectory directory_;
};

TEST_F(liveness, status_follows_gadget) {
    with_liveness([&]() -> awaitable<void> {
        StatusReader status{co_await connect(at("status.sock"))};
        auto line = co_await status.next();
        EXPECT_EQ(line.at("state"), "waiting");
        EXPECT_EQ(line.at("pid"), ::getpid());
        auto gadget = co_await connect(at("heartbeat.sock"));
        co_await write(gadget, "...");
        line = co_await status.next_with("state", "alive");
        EXPECT_EQ(line.at("connections"), 1);
        EXPECT_EQ(line.at("beats"), 3);
        gadget.close();
        line = co_await status.next_with("state", "waiting");
        EXPECT_EQ(line.at("beats_missed"), 0);
        EXPECT_EQ(line.at("replaced"), 0);
    });
}

TEST_F(liveness, cancellation_removes_sockets) {
    with_liveness([&]() -> awaitable<void> {
        auto gadget = co_await connect(at("heartbeat.sock"));
        co_await write(gadget, ".");
        co_await until([&] { return fs::exists(at("ready.sock")); });
    });
}

TEST_F(liveness, second_instance_is_rejected) {
    with_liveness([&]() -> awaitable<void> {
        std::string complaint;
        try {
            co_await run_liveness(directory_.path(), 1h);
        } catch (const std::runtime_error& error) {
            complaint = error.what();
        }
        EXPECT_NE(complaint.find("process " + std::to_string(::getpid())), std::string::npos) << complaint;
        EXPECT_TRUE(fs::exists(at("heartbeat.sock")));
    });
}

}  // namespace
}  // namespace revenant::liveness
