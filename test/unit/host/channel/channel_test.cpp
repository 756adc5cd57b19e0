#include "host/channel/channel.hpp"

#include <deque>
#include <functional>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "test/support/basics/loop.hpp"

namespace revenant::host {
namespace {

constexpr MessageId process_a{0xA}, process_b{0xB};
using Outcome = Answer::Outcome;
constexpr std::chrono::milliseconds long_deadline = 5s;

class SocketPipe final : public Pipe {
public:
    explicit SocketPipe(stream_protocol::socket socket) : socket_{std::move(socket)} {}
    awaitable<std::size_t> read(std::span<std::uint8_t> into) override {
        const auto [failed, size] =
            co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_tuple(use_awaitable));
        co_return failed ? 0 : size;
    }
    awaitable<bool> write(ByteView frame) override {
        const auto [failed, size] =
            co_await asio::async_write(socket_, asio::buffer(frame.data(), frame.size()), as_tuple(use_awaitable));
        co_return !failed;
    }

private:
    stream_protocol::socket socket_;
};

/// A device whose answers to the probe and whose pipes the test decides: each claim takes the next pipe.
class FakeLink final : public Link {
public:
    explicit FakeLink(asio::io_context& io) : io_{io} {}

    /// The gadget's end of the pipe that the next claim gets.
    stream_protocol::socket offer() {
        stream_protocol::socket ours{io_}, theirs{io_};
        asio::local::connect_pair(ours, theirs);
        pipes_.push_back(std::move(theirs));
        return ours;
    }
    awaitable<Readiness> probe() override {
        ++probes;
        co_return readiness;
    }
    awaitable<Claim> claim() override {
        ++claims;
        Claim claim;
        claim.held = held;
        if (!held && !pipes_.empty()) {
            claim.pipe = std::make_unique<SocketPipe>(std::move(pipes_.front()));
            pipes_.pop_front();
        }
        co_return claim;
    }
    awaitable<void> changed(std::chrono::milliseconds at_most) override {
        pauses.push_back(at_most);
        Timer pause{io_, std::min(at_most, 1ms)};
        co_await pause.async_wait(use_awaitable);
    }
    [[nodiscard]] std::string serial() const override { return "fake"; }

    Readiness readiness = Readiness::ready;
    bool held = false;
    int probes = 0;
    int claims = 0;
    std::vector<std::chrono::milliseconds> pauses;

private:
    asio::io_context& io_;
    std::deque<stream_protocol::socket> pipes_;
};

/// The gadget's end of one pipe.
class Gadget {
public:
    explicit Gadget(stream_protocol::socket socket) : socket_{std::move(socket)} {}

    awaitable<Frame> next_request() {
        while (frames_.empty()) {
            std::array<std::uint8_t, 512> packet;
            const auto size = co_await socket_.async_read_some(asio::buffer(packet), use_awaitable);
            decoder_.feed(ByteView{packet}.first(size), [this](Frame frame) { frames_.push_back(std::move(frame)); });
        }
        auto frame = std::move(frames_.front());
        frames_.pop_front();
        co_return frame;
    }
    awaitable<void> send(Bytes bytes) {
        co_await asio::async_write(socket_, asio::buffer(bytes.data(), bytes.size()), use_awaitable);
    }
    awaitable<void> send(FrameType type, MessageId id) { co_await send(encode(type, id)); }
    awaitable<void> answer(MessageId id, std::string version) { co_await send(answer_bytes(id, std::move(version))); }
    static Bytes answer_bytes(const MessageId& id, std::string version) {
        const Response response = VersionResponse{std::move(version), ""};
        return encode(FrameType::response, id, encode(response));
    }
    void close() { socket_.close(); }

private:
    stream_protocol::socket socket_;
    FrameDecoder decoder_;
    std::deque<Frame> frames_;
};

class ChannelTest : public ::testing::Test {
protected:
    using Body = std::function<awaitable<void>()>;

    /// Runs the channel while `body` runs.
    void run(const Body& body) {
        std::exception_ptr failure;
        const auto all = [&](TaskGroup& group) -> awaitable<void> {
            group.spawn(channel.run());
            co_await body();
        };
        asio::co_spawn(io, with_group(all), [&](std::exception_ptr error) { failure = error; });
        io.run_for(10s);
        ASSERT_TRUE(io.stopped()) << "the test hangs";
        if (failure)
            std::rethrow_exception(failure);
    }

    /// Asks beside the gadget that `play` plays. The deadline itself is no way out where it is long.
    Answer ask(Request request, std::chrono::milliseconds deadline, const Body& play) {
        Answer answer;
        const auto begin = Clock::now();
        const auto asking = [&]() -> awaitable<void> { answer = co_await channel.ask(request, deadline); };
        run([&]() -> awaitable<void> {
            const auto both = [&](TaskGroup& group) -> awaitable<void> {
                group.spawn(asking());
                co_await play();
                co_await group.finished();
            };
            co_await with_group(both);
        });
        EXPECT_TRUE(deadline < long_deadline || Clock::now() - begin < deadline) << "nothing but the deadline ended it";
        return answer;
    }

    static std::string version_in(const Answer& answer) {
        const auto* version = std::get_if<VersionResponse>(&answer.response);
        return version != nullptr ? version->version : "";
    }

    asio::io_context io{1};
    FakeLink link{io};
    ChannelTimes times{50ms, 5ms, 20ms};
    DeviceChannel channel{io.get_executor(), link, times};
};

awaitable<void> nothing() {
    co_return;
}
Request version_request() {
    return VersionRequest{};
}
Request init_request() {
    return InitMasterRequest{};
}

TEST_F(ChannelTest, split_and_joined_frames_arrive) {
    Gadget gadget{link.offer()};
    const auto answer = ask(version_request(), long_deadline, [&]() -> awaitable<void> {
        const auto request = co_await gadget.next_request();
        auto bytes = encode(FrameType::retry, process_a);
        const auto accept = encode(FrameType::accept, request.id);
        const auto response = Gadget::answer_bytes(request.id, "1.2.3");
        bytes.insert(bytes.end(), {0x00, 0x56, 0x00, 0x56, 0x56});  // garbage that looks like a header at first
        bytes.insert(bytes.end(), accept.begin(), accept.end());
        bytes.insert(bytes.end(), response.begin(), response.end());
        for (const auto byte : bytes) {
            Bytes one{byte};
            co_await gadget.send(std::move(one));
        }
    });
    EXPECT_EQ(answer.outcome, Outcome::answered);
    EXPECT_EQ(version_in(answer), "1.2.3");
}

TEST_F(ChannelTest, responses_may_come_in_any_order) {
    Gadget gadget{link.offer()};
    std::vector<std::string> versions(16);
    const auto ask_one = [&](std::size_t index) -> awaitable<void> {
        const auto request = version_request();
        versions[index] = version_in(co_await channel.ask(request, long_deadline));
    };
    run([&]() -> awaitable<void> {
        const auto all = [&](TaskGroup& group) -> awaitable<void> {
            for (std::size_t index = 0; index < versions.size(); ++index)
                group.spawn(ask_one(index));
            std::vector<MessageId> ids;
            while (ids.size() < versions.size())
                ids.push_back((co_await gadget.next_request()).id);
            for (auto index = ids.size(); index-- > 0;)
                co_await gadget.answer(ids[index], std::to_string(index));
            co_await group.finished();
        };
        co_await with_group(all);
    });
    for (std::size_t index = 0; index < versions.size(); ++index)
        EXPECT_EQ(versions[index], std::to_string(index));
}

TEST_F(ChannelTest, retry_repeats_unaccepted_requests) {
    Gadget gadget{link.offer()};
    const auto answer = ask(init_request(), long_deadline, [&]() -> awaitable<void> {
        const auto first = co_await gadget.next_request();
        co_await gadget.send(FrameType::retry, process_a);
        const auto second = co_await gadget.next_request();
        EXPECT_EQ(first.id, second.id);
        EXPECT_EQ(first.payload, second.payload);
        co_await gadget.answer(second.id, "again");
    });
    EXPECT_EQ(version_in(answer), "again");
}

TEST_F(ChannelTest, lost_link_same_process_gets_all_again) {
    Gadget before{link.offer()};
    const auto answer = ask(init_request(), long_deadline, [&]() -> awaitable<void> {
        co_await before.send(FrameType::retry, process_a);
        auto first = co_await before.next_request();
        co_await before.send(FrameType::accept, first.id);
        before.close();
        Gadget after{link.offer()};
        co_await after.send(FrameType::retry, process_a);
        const auto second = co_await after.next_request();
        EXPECT_EQ(first.id, second.id);
        co_await after.answer(second.id, "done");
        co_await after.send(FrameType::keep_alive, MessageId{});
    });
    EXPECT_EQ(version_in(answer), "done");
}

TEST_F(ChannelTest, other_process_gets_no_unsafe_request) {
    Gadget before{link.offer()};
    auto after = std::optional<Gadget>{};
    const auto answer = ask(init_request(), long_deadline, [&]() -> awaitable<void> {
        co_await before.send(FrameType::retry, process_a);
        co_await before.next_request();
        before.close();
        after.emplace(link.offer());
        co_await after->send(FrameType::retry, process_b);
    });
    EXPECT_EQ(answer.outcome, Outcome::unknown);
}

TEST_F(ChannelTest, other_process_gets_safe_requests) {
    Gadget before{link.offer()};
    const auto answer = ask(version_request(), long_deadline, [&]() -> awaitable<void> {
        co_await before.send(FrameType::retry, process_a);
        co_await before.next_request();
        before.close();
        Gadget after{link.offer()};
        const auto second = co_await after.next_request();  // it tells no name: 50 ms here
        co_await after.answer(second.id, "done");
    });
    EXPECT_EQ(version_in(answer), "done");
}

TEST_F(ChannelTest, missing_name_makes_outcome_unknown) {
    Gadget before{link.offer()};
    auto after = std::optional<Gadget>{};
    const auto answer = ask(init_request(), long_deadline, [&]() -> awaitable<void> {
        co_await before.next_request();
        before.close();
        after.emplace(link.offer());
    });
    EXPECT_EQ(answer.outcome, Outcome::unknown);
}

TEST_F(ChannelTest, unsent_request_times_out_as_late) {
    link.readiness = Readiness::not_ready;
    const auto answer = ask(init_request(), 20ms, nothing);
    EXPECT_EQ(answer.outcome, Outcome::late);
    EXPECT_EQ(channel.fault(), Fault::not_ready);
    EXPECT_EQ(link.claims, 0);
}

TEST_F(ChannelTest, unanswered_request_is_late_or_unknown) {
    Gadget gadget{link.offer()};
    EXPECT_EQ(ask(version_request(), 20ms, nothing).outcome, Outcome::late);
    EXPECT_EQ(channel.fault(), std::nullopt);
}

TEST_F(ChannelTest, sent_unsafe_request_is_unknown_at_deadline) {
    Gadget gadget{link.offer()};
    EXPECT_EQ(ask(init_request(), 20ms, nothing).outcome, Outcome::unknown);
}

TEST_F(ChannelTest, polls_the_probe_with_doubling_pauses) {
    link.readiness = Readiness::absent;
    ask(version_request(), 4s, [&]() -> awaitable<void> {
        co_await test::until([&] { return link.pauses.size() >= 8; });
        co_await test::turn_clock(4s);
    });
    const std::vector<std::chrono::milliseconds> expected{10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 500ms, 500ms};
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), link.pauses.begin()));
    EXPECT_EQ(channel.fault(), Fault::no_device);
}

TEST_F(ChannelTest, held_interface_is_reported) {
    link.held = true;
    EXPECT_EQ(ask(version_request(), 20ms, nothing).outcome, Outcome::late);
    EXPECT_EQ(channel.fault(), Fault::busy_elsewhere);
}

TEST_F(ChannelTest, unreadable_answer_is_reported) {
    Gadget gadget{link.offer()};
    const auto answer = ask(version_request(), long_deadline, [&]() -> awaitable<void> {
        const auto request = co_await gadget.next_request();
        const Bytes garbage{0xFF, 0xFF};
        co_await gadget.send(encode(FrameType::response, request.id, garbage));
    });
    EXPECT_EQ(answer.outcome, Outcome::unreadable);
}

TEST_F(ChannelTest, partial_frame_is_a_lost_link) {
    Gadget before{link.offer()};
    const auto answer = ask(version_request(), long_deadline, [&]() -> awaitable<void> {
        const auto request = co_await before.next_request();
        auto half = Gadget::answer_bytes(request.id, "half");
        half.resize(half.size() - 1);
        co_await before.send(std::move(half));
        Gadget after{link.offer()};
        const auto repeated = co_await after.next_request();
        EXPECT_EQ(repeated.id, request.id);
        co_await after.answer(repeated.id, "whole");
    });
    EXPECT_EQ(version_in(answer), "whole");
}

TEST_F(ChannelTest, gadget_not_ready_is_a_lost_link) {
    Gadget before{link.offer()};
    const auto answer = ask(version_request(), long_deadline, [&]() -> awaitable<void> {
        co_await before.next_request();
        link.readiness = Readiness::not_ready;
        while (channel.fault() == std::nullopt) {
            Timer pause{io, 1ms};
            co_await pause.async_wait(use_awaitable);
        }
        Gadget after{link.offer()};
        link.readiness = Readiness::ready;
        const auto request = co_await after.next_request();
        co_await after.answer(request.id, "revived");
    });
    EXPECT_EQ(version_in(answer), "revived");
}

TEST_F(ChannelTest, lost_control_endpoint_keeps_the_pipe) {
    Gadget gadget{link.offer()};
    const auto answer = ask(version_request(), long_deadline, [&]() -> awaitable<void> {
        const auto request = co_await gadget.next_request();
        link.readiness = Readiness::absent;
        const auto before = link.probes;
        while (link.probes < before + 3) {
            Timer pause{io, 1ms};
            co_await pause.async_wait(use_awaitable);
        }
        co_await gadget.answer(request.id, "kept");
    });
    EXPECT_EQ(version_in(answer), "kept");
    EXPECT_EQ(link.claims, 1);
}

}  // namespace
}  // namespace revenant::host
