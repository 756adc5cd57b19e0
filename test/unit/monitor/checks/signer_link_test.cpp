#include "monitor/checks/signer_link.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::monitor {
namespace {

using namespace test;

/// Sends a line of `size` bytes again and again.
awaitable<void> flood(stream_protocol::acceptor& acceptor, std::size_t size) {
    auto peer = co_await acceptor.async_accept(use_awaitable);
    const auto line = boost::json::serialize(boost::json::object{{"started", std::string(size - 15, 'x')}}) + '\n';
    for (;;) {
        const auto [failed, sent] = co_await asio::async_write(peer, asio::buffer(line), as_tuple(use_awaitable));
        if (failed)
            co_return;
    }
}

/// The time from the start until `lines` lines of `size` bytes are reported.
std::chrono::duration<double> time_for(int lines, std::size_t size) {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "status.sock";
    int reported = 0;
    const auto began = Clock::now();
    run([&]() -> awaitable<void> {
        stream_protocol::acceptor acceptor{co_await asio::this_coro::executor,
                                           stream_protocol::endpoint{path.string()}};
        SignerLink::Events events{[&](const SignerLink&, const SignerStatus&) { ++reported; },
                                  [](const SignerLink&, const std::string&) {}};
        CheckPace pace;
        pace.period = 60s;
        SignerLink subject{std::move(events), "signer", path, pace};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(flood(acceptor, size));
            tasks.spawn(subject.run());
            co_await turn_clock_until([&] { return reported >= lines; });
        };
        co_await with_group(body);
    });
    return Clock::now() - began;
}

TEST(signer_link, large_lines_are_limited_by_bytes) {
    EXPECT_GE(time_for(12, 60'000).count(), (11 * 60'000 - 512 * 1024) / (256 * 1024.0));
}

TEST(signer_link, small_lines_are_limited_by_number) {
    EXPECT_GE(time_for(150, 100).count(), (149 * 4 - 512) / 256.0);
}

/// The first report about a socket without a listener.
std::string silence_at(const std::filesystem::path& path) {
    std::string said;
    run([&]() -> awaitable<void> {
        SignerLink::Events events{[](const SignerLink&, const SignerStatus&) {},
                                  [&](const SignerLink&, std::string reason) { said = std::move(reason); }};
        SignerLink subject{std::move(events), "signer", path, {}};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(subject.run());
            co_await until([&] { return !said.empty(); });
        };
        co_await with_group(body);
    });
    return said;
}

TEST(signer_link, missing_directory_is_named) {
    const TemporaryDirectory directory;
    const auto missing = directory.path() / "signer-0123";
    EXPECT_EQ(silence_at(missing / "status.sock"), "the directory '" + missing.string() +
                                                       "' does not exist: start the signer or correct the setting "
                                                       "signers");
    EXPECT_EQ(silence_at(directory.path() / "status.sock"),
              "no response at '" + (directory.path() / "status.sock").string() + "': start the signer or see its log");
}

TEST(unix_probe, missing_directory_is_named) {
    const TemporaryDirectory directory;
    const auto missing = directory.path() / "gadget";
    for (const bool status : {false, true})
        run([&]() -> awaitable<void> {
            UnixProbe accepts{missing / "a.sock"};
            StatusProbe sends{missing / "a.sock"};
            Probe& probe = status ? static_cast<Probe&>(sends) : accepts;
            const auto answer = co_await probe.ask(Clock::now() + 20s);
            EXPECT_FALSE(answer.came);
            EXPECT_EQ(answer.reason, "request failed: the directory '" + missing.string() + "' does not exist");
        });
}

}  // namespace
}  // namespace revenant::monitor
