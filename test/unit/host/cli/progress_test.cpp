#include "host/cli/progress.hpp"

#include <chrono>

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "common/async/event.hpp"
#include "host/error/error.hpp"

namespace revenant::host {
namespace {

class ProgressTest : public ::testing::Test {
protected:
    /// A wait that ends after `length` seconds of the test.
    awaitable<int> wait(int length) {
        while (seconds < length)
            co_await passed.wait();
        co_return length;
    }
    awaitable<int> fail(int length) {
        co_await wait(length);
        throw Error{Fault::refused, "no"};
    }
    /// Lets seconds pass one after the other, each when someone has had the time to say so.
    awaitable<void> let_pass(int length) {
        for (int second = 1; second <= length; ++second) {
            co_await asio::post(io, use_awaitable);
            ++seconds;
            passed.notify();
            co_await asio::post(io, use_awaitable);
        }
    }
    int run(awaitable<int> task, int length) {
        io.restart();
        int result = -1;
        std::exception_ptr failure;
        asio::co_spawn(io, progress.during("unlocking 3 keys", std::move(task)),
                       [&](std::exception_ptr error, int value) {
                           failure = error;
                           result = value;
                       });
        asio::co_spawn(io, let_pass(length), [](std::exception_ptr) {});
        io.run_for(10s);
        if (failure)
            std::rethrow_exception(failure);
        return result;
    }

    asio::io_context io{1};
    int seconds = 0;
    Event passed{io.get_executor()};
    std::string said;
    Progress progress{[this](const std::string& text) { said += text; },
                      [this]() -> awaitable<void> {
                          co_await passed.wait();
                          co_await asio::post(io, use_awaitable);  // throws if it was cancelled, as a timer would
                      }};
};

TEST_F(ProgressTest, silent_within_a_second) {
    EXPECT_EQ(run(wait(0), 0), 0);
    EXPECT_EQ(said, "");
}

TEST_F(ProgressTest, counts_the_seconds_on_one_line_and_erases_it) {
    EXPECT_EQ(run(wait(3), 3), 3);
    const std::string again = "\r\x1b[K";
    EXPECT_EQ(said.rfind(again + "unlocking 3 keys … 1 s" + again + "unlocking 3 keys … 2 s", 0), 0U) << said;
    EXPECT_EQ(said.substr(said.size() - again.size()), again) << said;
}

TEST_F(ProgressTest, erases_it_also_when_the_wait_fails) {
    EXPECT_THROW(run(fail(2), 2), Error);
    EXPECT_NE(said.find("… 1 s"), std::string::npos);
    EXPECT_EQ(said.substr(said.size() - 4), "\r\x1b[K") << said;
}

TEST_F(ProgressTest, without_output_only_waits) {
    progress = {};
    EXPECT_EQ(run(wait(2), 2), 2);
    EXPECT_THROW(run(fail(2), 0), Error);
    EXPECT_EQ(said, "");
}

}  // namespace
}  // namespace revenant::host
