#pragma once

#include <cerrno>
#include <deque>
#include <list>
#include <vector>

#include <gtest/gtest.h>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "gadget/session/channel.hpp"
#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::test {

using namespace gadget;

using Frames = std::vector<Bytes>;

/// Endpoints whose transfers are completed by the test.
class FakePipe : public Pipe {
public:
    explicit FakePipe(const asio::any_io_executor& executor) : news_{executor} {}

    void packet(const Bytes& bytes) { reads_.push_back({0, bytes}), news_.notify(); }
    void fail_read(int number) { reads_.push_back({number, {}}), news_.notify(); }
    /// Results of the next writes (0: success); further writes succeed.
    void script_writes(std::vector<int> results) { writes_ = {results.begin(), results.end()}; }
    void hold_writes(bool on) { held_ = on, news_.notify(); }
    /// Number of held writes that may complete.
    void let_writes(int count) { allowed_ = count, news_.notify(); }

    awaitable<std::pair<error_code, std::size_t>> read(asio::mutable_buffer into) override {
        ++reads_posted;
        EXPECT_FALSE(std::exchange(reading, true)) << "one read at a time";
        while (reads_.empty())
            co_await news_.wait();
        reading = false;
        const auto [number, bytes] = std::move(reads_.front());
        reads_.pop_front();
        asio::buffer_copy(into, asio::buffer(bytes));
        co_return std::pair{from_errno(number), bytes.size()};
    }

    awaitable<error_code> write(ByteView frame) override {
        ++writes_posted;
        EXPECT_FALSE(std::exchange(writing, true)) << "one write at a time";
        const Bytes copy(frame.begin(), frame.end());
        while (held_ && allowed_ == 0)
            co_await news_.wait();
        if (held_)
            --allowed_;
        writing = false;
        const auto number = writes_.empty() ? 0 : writes_.front();
        if (!writes_.empty())
            writes_.pop_front();
        if (number == 0)
            written.push_back(copy);
        co_return from_errno(number);
    }

    int reads_posted = 0, writes_posted = 0;
    bool reading = false, writing = false;
    Frames written;

private:
    struct Read {
        int number;
        Bytes bytes;
    };
    Event news_;
    std::deque<Read> reads_;
    std::deque<int> writes_;
    bool held_ = false;
    int allowed_ = 0;
};

/// Runs a channel over a fake pipe, with sessions for it.
class ChannelTest : public testing::Test {
protected:
    static constexpr std::chrono::milliseconds max_silence = 1h;
    static constexpr auto second_look = 10ms;  ///< after the silence, for the rest of the frame

    /// `body` receives the pipe and the channel.
    template <typename Body>
    void with_channel(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            FakePipe pipe{executor};
            Channel channel{executor, pipe, counters, [this] { ++counted; }, max_silence};
            const auto tasks_and_body = [&](TaskGroup& tasks) -> awaitable<void> {
                group = &tasks;
                tasks.spawn(channel.read_packets());
                tasks.spawn(channel.write_frames());
                tasks.spawn(channel.drop_silent_frames());
                co_await body(pipe, channel);
            };
            co_await with_group(tasks_and_body);
        });
    }
    /// A session's broker, which outlives the channel; its requests are recorded.
    Broker& session() {
        return sessions.emplace_back(std::size_t{1} << 20, id(7), counters,
                                     [this](const MessageId& id, ByteView) { requests.push_back(id[0]); });
    }
    static Bytes request(std::uint8_t number) { return encode(FrameType::request, id(number), bytes("do it")); }
    static Bytes half_a_request() {
        auto half = request(99);
        half.resize(25);
        return half;
    }
    static Bytes retry() { return encode(FrameType::retry, id(7)); }
    static Bytes accept(std::uint8_t number) { return encode(FrameType::accept, id(number)); }

    Counters counters;
    int counted = 0;  // number of counter changes reported by the channel
    std::list<Broker> sessions;
    std::vector<int> requests;
    TaskGroup* group = nullptr;
};

}  // namespace revenant::test
