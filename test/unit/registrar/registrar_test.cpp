#include "registrar/registrar.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "common/net/run_directory.hpp"
#include "common/net/unix_listener.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/status_reader.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::registrar {
namespace {

using namespace test;
namespace fs = std::filesystem;

class registrar : public ::testing::Test {
protected:
    template <typename Body>
    void with_registrar(Body body) {
        run([&]() -> awaitable<void> {
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(run_loopback_registrar(directory_.path(), ::geteuid()));
                co_await until([&] { return fs::exists(at("bus.sock")); });
                co_await body();
            };
            co_await with_group(both);
        });
    }

    [[nodiscard]] fs::path at(const std::string& name) const { return directory_.path() / "registrar" / name; }

    TemporaryDirectory directory_;
    const std::string probe_{"\x81\x5A\0\0\0\0\x08\0", 8};
};

TEST_F(registrar, host_gadget_and_liveness_interact) {
    with_registrar([&]() -> awaitable<void> {
        StatusReader status{co_await connect(at("status.sock"))};
        auto line = co_await status.next();
        EXPECT_EQ(line.at("state"), "unplugged");
        EXPECT_EQ(line.at("ready"), false);

        auto host = co_await connect(at("bus.sock"));
        line = co_await status.next_with("state", "enabled");
        EXPECT_EQ(line.at("enables"), 1);
        auto gadget = co_await connect(at("enabled.sock"));
        EXPECT_EQ(co_await read_bytes(gadget, 1), "E");

        prepare_run_directory(directory_.path(), "liveness");
        UnixListener liveness{co_await asio::this_coro::executor, directory_.path() / "liveness" / "ready.sock",
                              SocketAccess{}};
        auto verdict = co_await liveness.accept();
        line = co_await status.next_with("ready", true);
        co_await write(host, probe_);
        EXPECT_EQ((co_await read_bytes(host, 9)).at(7), '\1');

        liveness.close();
        verdict.close();
        gadget.close();  // both disconnected: no grace
        line = co_await status.next_with("ready", false);
        EXPECT_EQ(line.at("ready_losses"), 1);
        EXPECT_EQ(line.at("setups"), 1);

        host.close();
        line = co_await status.next_with("state", "unplugged");
        EXPECT_EQ(line.at("disables"), 1);
        EXPECT_FALSE(fs::exists(at("enabled.sock")));
    });
}

TEST_F(registrar, rebind_keeps_hosts_replaces_announcement) {
    with_registrar([&]() -> awaitable<void> {
        auto host = co_await connect(at("bus.sock"));
        co_await until([&] { return fs::exists(at("enabled.sock")); });
        auto gadget = co_await connect(at("enabled.sock"));
        co_await write(gadget, "R");
        EXPECT_EQ(co_await read_to_end(gadget), "E");
        auto again = co_await connect(at("enabled.sock"));
        EXPECT_EQ(co_await read_bytes(again, 1), "E");
        co_await write(host, probe_);
        EXPECT_EQ((co_await read_bytes(host, 9)).size(), 9U);
        StatusReader status{co_await connect(at("status.sock"))};
        const auto line = co_await status.next();
        EXPECT_EQ(line.at("rebinds"), 1);
        EXPECT_EQ(line.at("enables"), 2);
        EXPECT_EQ(line.at("disables"), 1);
    });
}

TEST_F(registrar, cancellation_removes_sockets) {
    with_registrar([&]() -> awaitable<void> {
        auto host = co_await connect(at("bus.sock"));
        co_await until([&] { return fs::exists(at("enabled.sock")); });
    });
    EXPECT_TRUE(fs::is_empty(at("")));
}

TEST_F(registrar, second_instance_is_rejected) {
    with_registrar([&]() -> awaitable<void> {
        auto host = co_await connect(at("bus.sock"));
        co_await until([&] { return fs::exists(at("enabled.sock")); });
        std::string complaint;
        try {
            co_await run_loopback_registrar(directory_.path(), ::geteuid());
        } catch (const std::runtime_error& error) {
            complaint = error.what();
        }
        EXPECT_NE(complaint.find("process " + std::to_string(::getpid())), std::string::npos) << complaint;
        EXPECT_TRUE(fs::exists(at("enabled.sock")));
        co_await write(host, probe_);
        EXPECT_EQ((co_await read_bytes(host, 9)).size(), 9U);
    });
}

}  // namespace
}  // namespace revenant::registrar
