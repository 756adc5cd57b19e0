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
    /// A read that runs beside the test.
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

TEST_F(gadget_pipe, the_socket_is_there_exactly_while_it_is_open) {
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

TEST_F(gadget_pipe, closed_and_opened_in_one_turn_it_has_let_go_of_its_claim_and_takes_another) {
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

TEST_F(gadget_pipe, a_second_claim_is_closed_at_once_and_the_first_goes_on) {
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

TEST_F(gadget_pipe, a_claim_is_replaced_when_its_peer_is_gone_even_if_nobody_reads) {
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

TEST_F(gadget_pipe, what_the_peer_sent_before_it_left_is_read_first) {
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
        EXPECT_FALSE(next->done) << "the next one waits for the next claim";
    });
}

TEST_F(gadget_pipe, a_packet_is_at_most_512_bytes) {
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

TEST_F(gadget_pipe, close_ends_a_pending_read_and_closes_the_claim) {
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

TEST_F(gadget_pipe, close_ends_a_read_and_a_write_that_wait_for_a_claim) {
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

TEST_F(gadget_pipe, while_it_is_closed_transfers_fail_at_once) {
    with_pipe([&](LoopbackPipe& pipe) -> awaitable<void> {
        const auto reading = read(pipe);
        const auto writing = write_frame(pipe, 10);
        co_await until([&] { return reading->done && writing->done; });
        EXPECT_EQ(reading->failed, from_errno(ESHUTDOWN));
        EXPECT_EQ(writing->failed, from_errno(ESHUTDOWN));
    });
}

TEST_F(gadget_pipe, a_write_waits_for_a_claim_and_an_empty_one_is_nothing_to_do) {
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

TEST_F(gadget_pipe, a_frame_that_the_host_does_not_take_waits_and_is_lost_with_it) {
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
        EXPECT_EQ(co_await read_bytes(next, 10), "xxxxxxxxxx") << "nothing is left of the first";
    });
}

TEST_F(gadget_pipe, a_large_frame_is_cut_off_by_a_close_at_any_moment_and_never_reaches_the_next_claim) {
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

TEST_F(gadget_pipe, a_socket_that_cannot_be_made_ends_the_program) {
    const auto open_over_a_file = [&](LoopbackPipe& pipe) -> awaitable<void> {
        std::ofstream{path} << "not a socket";
        pipe.open();
        co_await group->finished();
    };
    EXPECT_THROW(with_pipe(open_over_a_file), std::runtime_error);
}

}  // namespace
}  // namespace revenant::gadget
