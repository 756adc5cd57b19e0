#include "gadget/loopback/loopback_pipe.hpp"

#include <cerrno>
#include <fstream>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
namespace fs = std::filesystem;

class gadget_pipe : public testing::Test {
protected:
    struct Read {
        bool done = false;
        error_code failed;
        std::string text;
    };
    struct Write {
        bool done = false;
        error_code failed;
    };

    template <typename Body>
    void with_pipe(Body body) {
        run([&]() -> awaitable<void> {
            LoopbackPipe pipe{co_await asio::this_coro::executor, path};
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                group = &tasks;
                tasks.spawn(pipe.accept_claims());
                co_await body(pipe);
            };
            co_await with_group(both);
        });
    }
    /// A read that runs concurrently with the test.
    std::shared_ptr<Read> read(LoopbackPipe& pipe) {
        auto result = std::make_shared<Read>();
        group->spawn(read_into(pipe, result));
        return result;
    }
    std::shared_ptr<Write> write_frame(LoopbackPipe& pipe, std::size_t size) {
        auto result = std::make_shared<Write>();
        group->spawn(write_from(pipe, Bytes(size, 'x'), result));
        return result;
    }
    /// Opens the pipe and waits for its socket.
    awaitable<void> open(LoopbackPipe& pipe) {
        pipe.open();
        co_await until([this] { return fs::exists(path); });
    }

    static awaitable<void> read_into(LoopbackPipe& pipe, std::shared_ptr<Read> result) {
        std::array<char, max_packet> packet;
        const auto [failed, size] = co_await pipe.read(asio::buffer(packet));
        *result = {true, failed, std::string(packet.data(), size)};
    }
    static awaitable<void> write_from(LoopbackPipe& pipe, Bytes frame, std::shared_ptr<Write> result) {
        result->failed = co_await pipe.write(frame);
        result->done = true;
    }

    TemporaryDirectory directory;
    fs::path path = directory.path() / "ep.sock";
    TaskGroup* group = nullptr;
};

TEST_F(gadget_pipe, socket_exists_only_while_open) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await settle();
        EXPECT_FALSE(fs::exists(path));
        co_await open(pipe);
        pipe.open();
        co_await settle();
        EXPECT_TRUE(fs::is_socket(path));
        EXPECT_EQ(fs::status(path).permissions(), fs::perms{0600});
        pipe.close();
        co_await until([&] { return !fs::exists(path); });
        pipe.close();
        co_await open(pipe);
        auto host = co_await connect(path);
        const auto packet = read(pipe);
        co_await write(host, "again");
        co_await until([&] { return packet->done; });
        EXPECT_EQ(packet->text, "again");
    });
}

TEST_F(gadget_pipe, close_and_reopen_accepts_new_claim) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        auto old = co_await connect(path);
        const auto before = read(pipe);
        co_await settle();
        pipe.close();
        pipe.open();
        EXPECT_EQ(co_await read_to_end(old), "");
        co_await until([&] { return before->done; });
        EXPECT_EQ(before->text, "");
        auto host = co_await connect(path);
        const auto packet = read(pipe);
        co_await write(host, "new");
        co_await until([&] { return packet->done; });
        EXPECT_EQ(packet->text, "new");
    });
}

TEST_F(gadget_pipe, second_claim_closed_first_continues) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        auto first = co_await connect(path);
        const auto packet = read(pipe);
        co_await settle();
        auto second = co_await connect(path);
        EXPECT_EQ(co_await read_to_end(second), "");
        co_await write(first, "still here");
        co_await until([&] { return packet->done; });
        EXPECT_EQ(packet->text, "still here");
    });
}

TEST_F(gadget_pipe, dead_claim_is_replaced_without_reader) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        {
            auto first = co_await connect(path);
            co_await settle();
        }
        auto second = co_await connect(path);
        co_await write(second, "mine");
        co_await settle();
        const auto packet = read(pipe);
        co_await until([&] { return packet->done; });
        EXPECT_EQ(packet->text, "mine");
    });
}

/// Else the rest of the first claim's frame would be taken from the second one's.
TEST_F(gadget_pipe, replaced_claim_ends_with_an_empty_packet) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        {
            auto first = co_await connect(path);
            co_await write(first, "half");
            const auto packet = read(pipe);
            co_await until([&] { return packet->done; });
            EXPECT_EQ(packet->text, "half");
        }
        auto second = co_await connect(path);
        co_await write(second, "mine");
        co_await settle();
        for (const auto* const expected : {"", "mine"}) {
            const auto packet = read(pipe);
            co_await until([&] { return packet->done; });
            EXPECT_FALSE(packet->failed);
            EXPECT_EQ(packet->text, expected);
        }
    });
}

TEST_F(gadget_pipe, data_sent_before_close_is_read) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        {
            auto host = co_await connect(path);
            co_await write(host, "last words");
            co_await settle();
        }
        const auto words = read(pipe);
        co_await until([&] { return words->done; });
        EXPECT_EQ(words->text, "last words");
        const auto end = read(pipe);
        co_await until([&] { return end->done; });
        EXPECT_FALSE(end->failed);
        EXPECT_EQ(end->text, "") << "an empty packet";
        const auto next = read(pipe);
        co_await settle();
        EXPECT_FALSE(next->done) << "the next read waits for the next claim";
    });
}

TEST_F(gadget_pipe, packet_is_at_most_512_bytes) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        auto host = co_await connect(path);
        co_await write(host, std::string(600, 'x'));
        const auto first = read(pipe);
        co_await until([&] { return first->done; });
        EXPECT_EQ(first->text.size(), 512U);
        const auto second = read(pipe);
        co_await until([&] { return second->done; });
        EXPECT_EQ(second->text.size(), 88U);
    });
}

TEST_F(gadget_pipe, close_ends_pending_read_and_claim) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        auto host = co_await connect(path);
        const auto pending = read(pipe);
        co_await settle();
        EXPECT_FALSE(pending->done);
        pipe.close();
        co_await until([&] { return pending->done; });
        EXPECT_EQ(pending->failed, from_errno(ESHUTDOWN));
        EXPECT_EQ(co_await read_to_end(host), "");
    });
}

TEST_F(gadget_pipe, close_ends_transfers_waiting_for_claim) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        const auto reading = read(pipe);
        const auto writing = write_frame(pipe, 10);
        co_await settle();
        EXPECT_FALSE(reading->done);
        EXPECT_FALSE(writing->done);
        pipe.close();
        co_await until([&] { return reading->done && writing->done; });
        EXPECT_EQ(reading->failed, from_errno(ESHUTDOWN));
        EXPECT_EQ(writing->failed, from_errno(ESHUTDOWN));
    });
}

TEST_F(gadget_pipe, closed_pipe_fails_transfers) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        const auto reading = read(pipe);
        const auto writing = write_frame(pipe, 10);
        co_await until([&] { return reading->done && writing->done; });
        EXPECT_EQ(reading->failed, from_errno(ESHUTDOWN));
        EXPECT_EQ(writing->failed, from_errno(ESHUTDOWN));
    });
}

TEST_F(gadget_pipe, write_waits_for_claim_empty_does_not) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        const auto empty = write_frame(pipe, 0);
        co_await until([&] { return empty->done; });
        EXPECT_FALSE(empty->failed);
        const auto frame = write_frame(pipe, 10);
        co_await settle();
        EXPECT_FALSE(frame->done);
        auto host = co_await connect(path);
        EXPECT_EQ(co_await read_bytes(host, 10), "xxxxxxxxxx");
        co_await until([&] { return frame->done; });
        EXPECT_FALSE(frame->failed);
    });
}

TEST_F(gadget_pipe, unread_frame_is_lost_with_claim) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        co_await open(pipe);
        std::optional host{co_await connect(path)};
        const auto frame = write_frame(pipe, 700'000);
        co_await settle();
        EXPECT_FALSE(frame->done);
        host.reset();
        co_await until([&] { return frame->done; });
        EXPECT_EQ(frame->failed, from_errno(EPIPE));
        auto next = co_await connect(path);
        const auto second = write_frame(pipe, 10);
        EXPECT_EQ(co_await read_bytes(next, 10), "xxxxxxxxxx") << "no data of the first frame";
    });
}

TEST_F(gadget_pipe, large_frame_never_reaches_next_claim) {
    for (int turns = 0; turns < 20; ++turns)
        with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            co_await open(pipe);
            auto host = co_await connect(path);
            const auto frame = write_frame(pipe, 700'000);
            co_await settle();
            const auto part = co_await read_bytes(host, 300'000);
            for (int turn = 0; turn < turns; ++turn)
                co_await asio::post(executor, use_awaitable);
            pipe.close();
            pipe.open();
            auto next = co_await connect(path);
            co_await until([&] { return frame->done; });
            EXPECT_TRUE(frame->failed);
            const auto second = write_frame(pipe, 10);
            EXPECT_EQ(co_await read_bytes(next, 10), "xxxxxxxxxx");
            co_await settle();
            EXPECT_EQ(next.available(), 0U) << "closed after " << turns << " turns of the loop";
        });
}

TEST_F(gadget_pipe, socket_creation_failure_throws) {
    const auto open_over_a_file = [&](LoopbackPipe& pipe) -> awaitable<void> {
        std::ofstream{path} << "not a socket";
        pipe.open();
        co_await group->finished();
    };
    EXPECT_THROW(with_pipe(open_over_a_file), std::runtime_error);
}

}  // namespace
}  // namespace revenant::gadget
