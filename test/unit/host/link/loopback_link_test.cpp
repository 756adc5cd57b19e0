#include "host/link/loopback_link.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "host/link/probe.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/unit/host/channel/fake_device.hpp"

namespace revenant::host {
namespace {

class LoopbackTest : public ::testing::Test {
protected:
    template <typename Body>
    void run(const Body& body) {
        std::exception_ptr failure;
        asio::co_spawn(io, body(), [&](std::exception_ptr error) { failure = error; });
        io.restart();
        io.run_for(10s);
        ASSERT_TRUE(io.stopped()) << "the test hangs";
        if (failure)
            std::rethrow_exception(failure);
    }
    Readiness probe(LoopbackLink& through) {
        auto readiness = Readiness::absent;
        run([&]() -> awaitable<void> { readiness = co_await through.probe(); });
        return readiness;
    }
    Claim claim(LoopbackLink& through) {
        Claim result;
        run([&]() -> awaitable<void> { result = co_await through.claim(); });
        return result;
    }

    test::TemporaryDirectory directory;
    asio::io_context io{1};
    std::optional<test::FakeDevice> device{std::in_place, directory.path(),
                                           [](const Request&) { return test::Reaction{}; }};
    LoopbackLink link{io.get_executor(), directory.path(), Interface::management};
};

TEST_F(LoopbackTest, probe_responses_map_to_readiness) {
    EXPECT_EQ(probe(link), Readiness::ready);
    device->ready = 0;
    EXPECT_EQ(probe(link), Readiness::not_ready);
    device->version = 2;
    EXPECT_EQ(probe(link), Readiness::foreign);
    device->stalls = true;
    EXPECT_EQ(probe(link), Readiness::foreign);
}

TEST_F(LoopbackTest, probe_works_on_sign_interface) {
    LoopbackLink sign{io.get_executor(), directory.path(), Interface::sign};
    EXPECT_EQ(probe(sign), Readiness::ready);
}

TEST_F(LoopbackTest, without_registrar_absent_and_not_held) {
    device.reset();
    EXPECT_EQ(probe(link), Readiness::absent);
    EXPECT_FALSE(claim(link).pipe);
    EXPECT_FALSE(claim(link).held);
}

TEST_F(LoopbackTest, probe_reconnects_after_registrar_restart) {
    EXPECT_EQ(probe(link), Readiness::ready);
    device->drop_bus();
    EXPECT_EQ(probe(link), Readiness::ready);
}

TEST_F(LoopbackTest, unanswered_probe_is_silent_and_recovers) {
    device->mute = true;
    const auto expire = [&]() -> awaitable<void> {
        co_await test::until([&] { return device->setups == 1; });
        co_await test::turn_clock(control_limit);
    };
    asio::co_spawn(io, expire(), [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
    EXPECT_EQ(probe(link), Readiness::silent);
    device->mute = false;
    EXPECT_EQ(probe(link), Readiness::ready);
}

TEST_F(LoopbackTest, second_claim_held_until_first_released) {
    auto first = claim(link);
    ASSERT_TRUE(first.pipe);
    const auto second = claim(link);
    EXPECT_FALSE(second.pipe);
    EXPECT_TRUE(second.held);
    first.pipe.reset();
    while (!claim(link).pipe) {  // until the device has processed the first disconnect
    }
}

TEST_F(LoopbackTest, closed_pipe_reads_and_writes_nothing) {
    const auto claimed = claim(link);
    ASSERT_TRUE(claimed.pipe);
    device.reset();
    std::array<std::uint8_t, 512> packet{};
    std::size_t size = 1;
    bool written = true;
    run([&]() -> awaitable<void> {
        while (size != 0)  // the retry frame precedes the end
            size = co_await claimed.pipe->read(packet);
        written = co_await claimed.pipe->write(packet);
    });
    EXPECT_EQ(size, 0U);
    EXPECT_FALSE(written);
}

TEST_F(LoopbackTest, new_socket_wakes_changed) {
    device.reset();
    std::filesystem::remove(directory.path() / "registrar" / "bus.sock");
    LoopbackLink fresh{io.get_executor(), directory.path(), Interface::sign};
    std::ofstream{directory.path() / "registrar" / "bus.sock"} << "";
    run([&]() -> awaitable<void> { co_await fresh.changed(1h); });
}

TEST_F(LoopbackTest, changed_returns_after_time_limit) {
    run([&]() -> awaitable<void> { co_await link.changed(5ms); });
}

TEST(loopback, missing_run_directory_throws) {
    asio::io_context io{1};
    EXPECT_THROW((LoopbackLink{io.get_executor(), "/nonexistent/run", Interface::sign}), std::system_error);
}

}  // namespace
}  // namespace revenant::host
