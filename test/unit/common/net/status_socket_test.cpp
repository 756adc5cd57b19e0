#include "common/net/status_socket.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "common/metrics/time.hpp"
#include "test/support/basics/status_reader.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

using namespace test;

class status_socket : public ::testing::Test {
protected:
    template <typename Body>
    void with_socket(StatusSocket::Pace pace, Body body) {
        run([&]() -> awaitable<void> {
            StatusSocket subject{co_await asio::this_coro::executor, path_, SocketAccess{},
                                 [this] { return describe(); }, pace};
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(subject.run());
                co_await body(subject);
            };
            co_await with_group(both);
        });
    }

    boost::json::object describe() {
        ++described_;
        return {{"state", state_}, {"padding", std::string(padding_, 'x')}};
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_.path() / "status.sock";
    int state_ = 0;
    std::size_t padding_ = 0;
    int described_ = 0;
};

TEST_F(status_socket, sends_line_on_connect_and_on_change) {
    with_socket({}, [&](StatusSocket& subject) -> awaitable<void> {
        StatusReader first{co_await connect(path_)};
        auto line = co_await first.next();
        EXPECT_EQ(line.at("state"), 0);
        EXPECT_EQ(line.at("pid"), ::getpid());
        EXPECT_EQ(line.at("threads"), 1);
        EXPECT_GT(line.at("descriptors").as_int64(), 3);
        EXPECT_GT(line.at("pss_kib").as_int64(), 100);
        for (state_ = 1; state_ < 4; ++state_) {
            subject.changed();
            EXPECT_EQ((co_await first.next()).at("state"), state_);
        }
        StatusReader second{co_await connect(path_)};
        EXPECT_EQ((co_await second.next()).at("state"), 4);
        subject.changed();
        EXPECT_EQ((co_await first.next()).at("state"), 4);
        EXPECT_EQ((co_await second.next()).at("state"), 4);
    });
}

TEST_F(status_socket, many_counts_send_one_delayed_line) {
    StatusSocket::Pace pace;
    pace.count_delay = 1h;
    with_socket(pace, [&](StatusSocket& subject) -> awaitable<void> {
        subject.counted();  // no reader
        StatusReader reader{co_await connect(path_)};
        co_await reader.next();
        for (int round = 1; round <= 2; ++round) {
            for (int count = 0; count < 1000; ++count)
                subject.counted();
            co_await turn_clock(59min);
            EXPECT_EQ(described_, round);
            co_await turn_clock(1min);
            co_await reader.next();
            EXPECT_EQ(described_, 1 + round);
        }
    });
}

TEST_F(status_socket, continuous_counts_do_not_postpone_line) {
    StatusSocket::Pace pace;
    pace.count_delay = 1h;
    with_socket(pace, [&](StatusSocket& subject) -> awaitable<void> {
        StatusReader reader{co_await connect(path_)};
        co_await reader.next();
        for (int round = 1; round <= 2; ++round) {
            for (int part = 0; part < 6; ++part) {
                EXPECT_EQ(described_, round);
                subject.counted();
                co_await turn_clock(10min);
            }
            co_await reader.next();
            EXPECT_EQ(described_, 1 + round);
        }
    });
}

TEST_F(status_socket, stalled_reader_is_dropped) {
    StatusSocket::Pace pace;
    padding_ = 400'000;  // more than a socket buffers
    with_socket(pace, [&](StatusSocket&) -> awaitable<void> {
        auto deaf = co_await connect(path_);
        auto reader = co_await connect(path_);
        EXPECT_EQ((co_await read_bytes(reader, padding_)).size(), padding_);
        co_await turn_clock(pace.patience);
        EXPECT_LT((co_await read_bytes(deaf, padding_)).size(), padding_);
    });
}

TEST_F(status_socket, reader_input_is_ignored) {
    with_socket({}, [&](StatusSocket& subject) -> awaitable<void> {
        auto link = co_await connect(path_);
        co_await write(link, std::string(100'000, '?'));
        StatusReader reader{std::move(link)};
        co_await reader.next();
        subject.changed();
        co_await reader.next();
    });
}

TEST_F(status_socket, reader_limit_is_16_and_slots_are_reused) {
    with_socket({}, [&](StatusSocket&) -> awaitable<void> {
        std::vector<StatusReader> readers;
        for (int count = 0; count < 16; ++count) {
            readers.emplace_back(co_await connect(path_));
            co_await readers.back().next();
        }
        auto one_more = co_await connect(path_);
        EXPECT_EQ(co_await read_to_end(one_more), "");
        readers.pop_back();
        co_await settle();
        StatusReader successor{co_await connect(path_)};
        co_await successor.next();
    });
}

}  // namespace
}  // namespace revenant
