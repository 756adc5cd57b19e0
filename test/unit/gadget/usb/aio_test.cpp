#include "gadget/usb/aio.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fcntl.h>

#include "common/async/task_group.hpp"
#include "common/metrics/process.hpp"
#include "common/net/status_socket.hpp"
#include "test/unit/gadget/usb/gadget_function.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

struct Transfer {
    bool done = false;
    error_code failed;
    Bytes bytes;
};

awaitable<void> read_into(Aio& aio, int fd, std::size_t size, std::shared_ptr<Transfer> result) {
    auto [failed, bytes] = co_await aio.read(fd, size);
    *result = {true, failed, std::move(bytes)};
}

/// On the real kernel, over plain files: their transfers end at once.
class gadget_aio : public testing::Test {
protected:
    template <typename Body>
    void with_aio(Body body) {
        run([&]() -> awaitable<void> {
            Aio aio{co_await asio::this_coro::executor, make_aio_kernel(Aio::capacity)};
            const auto tasks_and_body = [&](TaskGroup& tasks) -> awaitable<void> {
                group = &tasks;
                co_await body(aio);
            };
            co_await with_group(tasks_and_body);
            EXPECT_EQ(aio.in_flight(), 0U);
        });
    }
    UniqueFd file(int flags) { return open_file(directory.path() / "file", flags | O_CREAT, 0600); }

    TemporaryDirectory directory;
    TaskGroup* group = nullptr;
};

TEST_F(gadget_aio, written_data_can_be_read) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto fd = file(O_RDWR);
        const auto text = bytes("over the cable");
        const auto [failed, size] = co_await aio.write(fd.get(), text);
        EXPECT_FALSE(failed);
        EXPECT_EQ(size, text.size());
        const auto [unread, read] = co_await aio.read(fd.get(), 512);
        EXPECT_FALSE(unread);
        EXPECT_EQ(read, text) << "no more bytes than the file has";
    });
}

TEST_F(gadget_aio, empty_transfer_completes) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto fd = file(O_RDWR);
        const auto [failed, size] = co_await aio.write(fd.get(), {});
        EXPECT_FALSE(failed);
        EXPECT_EQ(size, 0U);
        const auto [unread, read] = co_await aio.read(fd.get(), 512);
        EXPECT_FALSE(unread);
        EXPECT_TRUE(read.empty());
    });
}

TEST_F(gadget_aio, submit_and_transfer_errors_are_returned) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto read_only = file(O_RDONLY);
        const auto [unwritten, size] = co_await aio.write(read_only.get(), bytes("x"));
        EXPECT_EQ(unwritten, from_errno(EBADF));
        const auto [unread, nothing] = co_await aio.read(-1, 512);
        EXPECT_EQ(unread, from_errno(EBADF));
        const auto folder = open_file(directory.path(), O_RDONLY);
        const auto [refused, none] = co_await aio.read(folder.get(), 512);
        EXPECT_TRUE(refused);
        const auto [failed, read] = co_await aio.read(read_only.get(), 512);
        EXPECT_FALSE(failed) << "the next operation succeeds";
    });
}

TEST_F(gadget_aio, operations_above_capacity_get_enobufs) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto fd = file(O_RDWR);
        co_await aio.write(fd.get(), bytes("x"));
        std::vector<int> order;
        std::vector<std::shared_ptr<Transfer>> reads;
        const auto one = [&](int number) -> awaitable<void> {
            co_await read_into(aio, fd.get(), 1, reads[static_cast<std::size_t>(number)]);
            order.push_back(number);
        };
        const int capacity = Aio::capacity;
        for (int number = 0; number <= capacity; ++number) {
            reads.push_back(std::make_shared<Transfer>());
            group->spawn(one(number));
        }
        co_await until([&] { return order.size() == Aio::capacity + 1U; });
        EXPECT_EQ(order.front(), capacity) << "rejected at once";
        EXPECT_EQ(reads.back()->failed, from_errno(ENOBUFS));
        for (int number = 0; number < capacity; ++number)
            EXPECT_EQ(order[static_cast<std::size_t>(number) + 1], number);
        const auto [failed, again] = co_await aio.read(fd.get(), 1);
        EXPECT_FALSE(failed) << "capacity is available again";
    });
}

TEST_F(gadget_aio, destruction_with_unreaped_operations) {
    run([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto fd = file(O_RDWR);
        for (int time = 0; time < 5; ++time) {
            std::optional<Aio> aio;
            aio.emplace(executor, make_aio_kernel(Aio::capacity));
            const auto result = std::make_shared<Transfer>();
            const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(read_into(*aio, fd.get(), 512, result));
                co_await until([&] { return aio->in_flight() == 1; });
                aio.reset();
                co_await tasks.finished();
            };
            co_await with_group(body);
            EXPECT_TRUE(result->done);
        }
    });
}

/// On a fake kernel whose transfers are ended by the test.
class gadget_aio_pending : public testing::Test {
protected:
    gadget_aio_pending() {
        function.mount();
        function.enable();
        out = open_file(function.file(2), O_RDONLY);
        in = open_file(function.file(1), O_WRONLY);
    }
    template <typename Body>
    void with_aio(Body body) {
        run([&]() -> awaitable<void> {
            Aio aio{co_await asio::this_coro::executor, function.kernel()};
            const auto tasks_and_body = [&](TaskGroup& tasks) -> awaitable<void> {
                group = &tasks;
                co_await body(aio);
            };
            co_await with_group(tasks_and_body);
        });
    }

    TemporaryDirectory directory;
    FakeFunction function{directory.path() / "ffs"};
    UniqueFd in, out;
    TaskGroup* group = nullptr;
};

TEST_F(gadget_aio_pending, read_waits_for_packet) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto read = std::make_shared<Transfer>();
        group->spawn(read_into(aio, out.get(), 512, read));
        co_await settle();
        EXPECT_FALSE(read->done);
        EXPECT_EQ(aio.in_flight(), 1U);
        function.send(2, bytes("hello"));
        co_await until([&] { return read->done; });
        EXPECT_EQ(read->bytes, bytes("hello"));
        EXPECT_EQ(aio.in_flight(), 0U);
    });
}

TEST_F(gadget_aio_pending, cancelled_read_waits_for_kernel_event) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        function.hold_cancelled = true;
        const auto read = std::make_shared<Transfer>();
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(read_into(aio, out.get(), 512, read));
            co_await until([&] { return function.pending(2) == 1; });
            tasks.cancel();
            co_await settle();
            EXPECT_EQ(function.cancelled, 1);
            EXPECT_FALSE(read->done);
            EXPECT_EQ(aio.in_flight(), 1U);
            function.fail(2, ECONNRESET);
            const auto failure = co_await tasks.join();
            EXPECT_FALSE(failure);
        };
        co_await with_group(body);
        EXPECT_EQ(read->failed, asio::error::operation_aborted);
        EXPECT_EQ(aio.in_flight(), 0U);
    });
}

TEST_F(gadget_aio_pending, packet_before_cancellation_is_not_lost) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        function.hold_cancelled = true;
        const auto read = std::make_shared<Transfer>();
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(read_into(aio, out.get(), 512, read));
            co_await until([&] { return function.pending(2) == 1; });
            tasks.cancel();
            function.send(2, bytes("just in time"));
            co_await tasks.join();
        };
        co_await with_group(body);
        EXPECT_FALSE(read->failed);
        EXPECT_EQ(read->bytes, bytes("just in time"));
    });
}

TEST_F(gadget_aio_pending, unrequested_reset_is_econnreset) {
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto read = std::make_shared<Transfer>();
        group->spawn(read_into(aio, out.get(), 512, read));
        co_await until([&] { return function.pending(2) == 1; });
        function.fail(2, ECONNRESET);
        co_await until([&] { return read->done; });
        EXPECT_EQ(read->failed, from_errno(ECONNRESET));
    });
}

TEST_F(gadget_aio_pending, timer_limits_a_read) {
    using namespace asio::experimental::awaitable_operators;
    with_aio([&](Aio& aio) -> awaitable<void> {
        Timer deadline{co_await asio::this_coro::executor, 5ms};
        const auto late = co_await (aio.read(out.get(), 512) || deadline.async_wait(use_awaitable));
        EXPECT_EQ(late.index(), 1U);
        EXPECT_EQ(function.pending(2), 0);
        EXPECT_EQ(aio.in_flight(), 0U);
        function.send(2, bytes("here"));
        deadline.expires_after(1h);
        const auto read = co_await (aio.read(out.get(), 512) || deadline.async_wait(use_awaitable));
        EXPECT_EQ(read.index(), 0U);
        EXPECT_EQ(std::get<0>(read).second, bytes("here"));
        const auto [failed, size] = co_await aio.write(in.get(), bytes("on"));
        EXPECT_EQ(size, 2U) << "the cancelled coroutine continues";
    });
}

TEST_F(gadget_aio_pending, thousand_cancellations_lose_no_packet) {
    using namespace asio::experimental::awaitable_operators;
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto descriptors = process_status().at("descriptors");
        std::uint8_t sent = 0, got = 0;
        Timer deadline{co_await asio::this_coro::executor};
        for (int round = 0; round < 1000; ++round) {
            if (round % 3 == 0)
                function.send(2, Bytes(1, sent++));
            deadline.expires_after(0ms);
            const auto read = std::make_shared<Transfer>();  // the loser's result would be discarded with its branch
            co_await (read_into(aio, out.get(), 512, read) || deadline.async_wait(use_awaitable));
            EXPECT_TRUE(read->done);
            if (!read->failed) {
                EXPECT_EQ(read->bytes, Bytes(1, got));
                ++got;
            }
            EXPECT_EQ(aio.in_flight(), 0U);
        }
        EXPECT_EQ(got, sent);
        EXPECT_EQ(process_status().at("descriptors"), descriptors);
    });
}

TEST_F(gadget_aio_pending, destruction_ends_kernel_then_waiters) {
    run([&]() -> awaitable<void> {
        std::optional<Aio> aio;
        aio.emplace(co_await asio::this_coro::executor, function.kernel());
        const auto read = std::make_shared<Transfer>();
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(read_into(*aio, out.get(), 512, read));
            co_await until([&] { return function.pending(2) == 1; });
            aio.reset();
            co_await tasks.finished();
        };
        co_await with_group(body);
        EXPECT_EQ(function.destroyed, 1);
        EXPECT_EQ(read->failed, from_errno(ECANCELED));
    });
}

TEST_F(gadget_aio_pending, buffer_outlives_coroutine_and_loop) {
    std::optional<asio::io_context> io{std::in_place, 1};
    Aio aio{io->get_executor(), function.kernel()};
    asio::co_spawn(*io, read_into(aio, out.get(), 512, std::make_shared<Transfer>()), [](std::exception_ptr) {});
    io->poll();
    EXPECT_EQ(function.pending(2), 1);
    function.send(2, bytes("to nobody"));  // the kernel writes while the loop does not run
    EXPECT_EQ(function.pending(2), 0);
}

}  // namespace
}  // namespace revenant::gadget
