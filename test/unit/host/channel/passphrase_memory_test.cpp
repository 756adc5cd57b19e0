// While a request with a passphrase waits, is being written or is unanswered, the passphrase is in guarded memory only.
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sodium.h>

#include "host/channel/channel.hpp"
#include "test/support/basics/process_memory.hpp"

namespace revenant::host {
namespace {

/// Computed in place, since a literal would be a copy.
Secret passphrase() {
    return Secret{32, [](std::span<std::uint8_t> into) {
                      for (std::size_t at = 0; at < into.size(); ++at)
                          into[at] = static_cast<std::uint8_t>('A' + (at * 7 + 5) % 57);
                  }};
}

awaitable<void> never(asio::io_context& io) {
    Timer timer{io, Timer::time_point::max()};
    co_await timer.async_wait(use_awaitable);
}

/// A pipe to a device that does not answer.
class MutePipe final : public Pipe {
public:
    MutePipe(asio::io_context& io, bool takes_writes, std::size_t& written)
        : io_{io}, takes_writes_{takes_writes}, written_{written} {}
    awaitable<std::size_t> read(std::span<std::uint8_t> /*into*/) override {
        co_await never(io_);
        co_return 0;
    }
    awaitable<bool> write(ByteView frame) override {
        written_ += frame.size();
        if (!takes_writes_)
            co_await never(io_);
        co_return true;
    }

private:
    asio::io_context& io_;
    bool takes_writes_;
    std::size_t& written_;
};

class MuteLink final : public Link {
public:
    explicit MuteLink(asio::io_context& io) : io_{io} {}
    awaitable<Readiness> probe() override { co_return readiness; }
    awaitable<Claim> claim() override {
        Claim claim;
        claim.pipe = std::make_unique<MutePipe>(io_, takes_writes, written);
        co_return claim;
    }
    awaitable<void> changed(std::chrono::milliseconds /*at_most*/) override { co_await never(io_); }
    [[nodiscard]] std::string serial() const override { return "mute"; }

    Readiness readiness = Readiness::ready;
    bool takes_writes = true;
    std::size_t written = 0;  // bytes

private:
    asio::io_context& io_;
};

class PassphraseMemory : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_GE(sodium_init(), 0); }

    /// Sends an unlock request, and counts the copies when nothing is left to do but to wait.
    std::size_t copies_while_unanswered() {
        UnlockRequest unlock;
        unlock.key_ids = {"baker"};
        unlock.passphrase = passphrase();
        const Request request = std::move(unlock);
        DeviceChannel channel{io.get_executor(), link};
        asio::cancellation_signal stop;
        const auto body = [&](TaskGroup& group) -> awaitable<void> {
            group.spawn(channel.run());
            co_await channel.ask(request, 1h);
        };
        asio::co_spawn(io, with_group(body), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
        io.poll();
        const auto copies = test::unguarded_copies(passphrase());
        stop.emit(asio::cancellation_type::terminal);
        io.run_for(10s);
        return copies;
    }

    asio::io_context io{1};
    MuteLink link{io};
};

TEST_F(PassphraseMemory, unguarded_copy_is_found) {
    const auto secret = passphrase();
    EXPECT_EQ(test::unguarded_copies(secret), 0U);
    const Secret::Reader plain{secret};
    const Bytes copy{plain.bytes().begin(), plain.bytes().end()};
    EXPECT_EQ(test::unguarded_copies(secret), 1U);
}

TEST_F(PassphraseMemory, unsent_request_has_no_copy) {
    link.readiness = Readiness::not_ready;
    EXPECT_EQ(copies_while_unanswered(), 0U);
    EXPECT_EQ(link.written, 0U);
}

TEST_F(PassphraseMemory, request_being_written_has_no_copy) {
    link.takes_writes = false;
    EXPECT_EQ(copies_while_unanswered(), 0U);
    EXPECT_GT(link.written, 32U);
}

TEST_F(PassphraseMemory, unanswered_request_has_no_copy) {
    EXPECT_EQ(copies_while_unanswered(), 0U);
    EXPECT_GT(link.written, 32U);
}

}  // namespace
}  // namespace revenant::host
