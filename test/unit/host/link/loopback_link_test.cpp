#include "host/link/loopback_link.hpp"

#include <fstream>

#include <gtest/gtest.h>

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

TEST_F(LoopbackTest, understands_every_answer_to_the_probe) {
    EXPECT_EQ(probe(link), Readiness::ready);
    device->ready = 0;
    EXPECT_EQ(probe(link), Readiness::not_ready);
    device->version = 2;
    EXPECT_EQ(probe(link), Readiness::foreign);
    device->stalls = true;
    EXPECT_EQ(probe(link), Readiness::foreign);
}

TEST_F(LoopbackTest, asks_on_its_own_interface) {
    LoopbackLink sign{io.get_executor(), directory.path(), Interface::sign};
    EXPECT_EQ(probe(sign), Readiness::ready);
}

TEST_F(LoopbackTest, nothing_is_there_without_the_registrar) {
    device.reset();
    EXPECT_EQ(probe(link), Readiness::absent);
    EXPECT_FALSE(claim(link).pipe);
    EXPECT_FALSE(claim(link).held);
}

TEST_F(LoopbackTest, connects_again_when_the_registrar_was_restarted) {
    EXPECT_EQ(probe(link), Readiness::ready);
    device->drop_bus();
    EXPECT_EQ(probe(link), Readiness::ready);
}

TEST_F(LoopbackTest, a_control_endpoint_that_says_nothing_is_silent_and_recovers) {
    device->mute = true;
    EXPECT_EQ(probe(link), Readiness::silent);
    device->mute = false;
    EXPECT_EQ(probe(link), Readiness::ready);
}

TEST_F(LoopbackTest, a_second_claim_is_refused_until_the_first_is_released) {
    auto first = claim(link);
    ASSERT_TRUE(first.pipe);
    const auto second = claim(link);
    EXPECT_FALSE(second.pipe);
    EXPECT_TRUE(second.held);
    first.pipe.reset();
    while (!claim(link).pipe) {  // until the device has seen the end of the first
    }
}

TEST_F(LoopbackTest, a_pipe_that_ended_reads_nothing_and_refuses_writes) {
    const auto claimed = claim(link);
    ASSERT_TRUE(claimed.pipe);
    device.reset();
    std::array<std::uint8_t, 512> packet{};
    std::size_t size = 1;
    bool written = true;
    run([&]() -> awaitable<void> {
        while (size != 0)  // the retry frame first
            size = co_await claimed.pipe->read(packet);
        written = co_await claimed.pipe->write(packet);
    });
    EXPECT_EQ(size, 0U);
    EXPECT_FALSE(written);
}

TEST_F(LoopbackTest, notices_a_socket_that_appears) {
    device.reset();
    std::filesystem::remove(directory.path() / "registrar" / "bus.sock");
    LoopbackLink fresh{io.get_executor(), directory.path(), Interface::sign};
    std::ofstream{directory.path() / "registrar" / "bus.sock"} << "";
    run([&]() -> awaitable<void> { co_await fresh.changed(1h); });
}

TEST_F(LoopbackTest, waits_no_longer_than_asked_when_nothing_changes) {
    run([&]() -> awaitable<void> { co_await link.changed(5ms); });
}

TEST(loopback, a_missing_run_directory_is_an_error) {
    asio::io_context io{1};
    EXPECT_THROW((LoopbackLink{io.get_executor(), "/nonexistent/run", Interface::sign}), std::system_error);
}

}  // namespace
}  // namespace revenant::host
