// Socket files that killed programs left: they stop no start, and report nothing alive.
#include <array>
#include <csignal>

#include <gtest/gtest.h>

#include "test/support/suite/baker.hpp"
#include "test/support/suite/status.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;
using tezos::Kind;

bool refuses(const fs::path& socket) {
    try {
        connect_to(socket);
        return false;
    } catch (const std::system_error& error) {
        return error.code() == std::errc::connection_refused;
    }
}

TEST(stale_sockets, do_not_prevent_start) {
    SuiteSettings settings;
    settings.restart_delay = milliseconds{3'000};
    Baker baker{settings};
    wait_ready(baker.suite);
    const std::array<fs::path, 9> sockets{"liveness/heartbeat.sock",   "liveness/ready.sock", "liveness/status.sock",
                                          "registrar/enabled.sock",    "registrar/bus.sock",  "registrar/status.sock",
                                          "gadget/ep-management.sock", "gadget/ep-sign.sock", "gadget/status.sock"};
    baker.leave();
    RawHost host{baker.suite.run_dir()};
    host.plug();
    wait_ready(baker.suite);
    for (const auto* program : {"liveness", "registrar", "gadget"})  // all killed before one can clean up after another
        baker.suite.signal(program, SIGKILL);
    for (const auto* program : {"liveness", "registrar", "gadget"})
        while (baker.suite.pid(program) != 0) {  // the supervisor request limits the rate
        }
    for (const auto& socket : sockets)
        EXPECT_TRUE(refuses(baker.suite.run_dir() / socket)) << socket;
    for (const auto* program : {"registrar", "gadget", "liveness"})
        baker.suite.wait_restarts(program, 1);
    baker.come();
    baker.signature(baker.keys[0], operation(baker.keys[0].curve, Kind::block, 1));
    for (const auto& socket : sockets)
        EXPECT_FALSE(refuses(baker.suite.run_dir() / socket)) << socket;
    for (const auto* program : {"registrar", "gadget", "liveness"})
        EXPECT_EQ(baker.suite.restarts(program), 1U);
}

TEST(stale_sockets, of_killed_liveness_do_not_report_alive) {
    Suite suite;
    suite.wait_for_socket("registrar/bus.sock");
    const auto cable = suite.connect("registrar/bus.sock");
    wait_ready(suite);
    suite.signal("liveness", SIGKILL);  // first, since it would report the end of the gadget
    suite.stop("gadget");
    suite.wait_restarts("liveness", 1);
    suite.wait_until_gone("liveness/ready.sock");
    suite.start("gadget");
    wait_ready(suite);
}

}  // namespace
}  // namespace revenant::test
