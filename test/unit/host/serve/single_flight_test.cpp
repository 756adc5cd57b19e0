#include "host/serve/single_flight.hpp"

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::host::serve {
namespace {

const SingleFlight::Key one{"tz4one", Bytes{1}}, other{"tz4one", Bytes{2}};

Deadline soon(std::chrono::milliseconds limit = 5s) {
    return Clock::now() + limit;
}

/// Several who ask at once, and what each got.
class Askers {
public:
    explicit Askers(const asio::any_io_executor& executor) : table_{executor}, gate_{executor} {}

    awaitable<Signed> make() {
        ++makes;
        while (!open_)
            co_await gate_.wait();
        if (problem)
            throw Error{*problem};
        co_return Signed{"signature " + std::to_string(makes), "device"};
    }
    awaitable<void> ask(SingleFlight::Key key, std::string& got, Deadline until) {
        try {
            const auto made = co_await table_.run(std::move(key), until, [this] { return make(); });
            got = made.signature;
        } catch (const Error& refused) {
            got = name(refused.fault());
        }
    }
    void open() {
        open_ = true;
        gate_.notify();
    }

    int makes = 0;
    std::optional<Error> problem{};

private:
    SingleFlight table_;
    Event gate_;
    bool open_ = false;
};

using Scene = std::function<awaitable<void>(Askers&, TaskGroup&)>;

void play(const Scene& scene) {
    test::run([&]() -> awaitable<void> {
        Askers askers{co_await asio::this_coro::executor};
        const auto body = [&](TaskGroup& group) -> awaitable<void> {
            co_await scene(askers, group);
            co_await group.finished();
        };
        co_await with_group(body);
    });
}

TEST(single_flight, equal_requests_are_signed_once) {
    std::array<std::string, 4> got;
    play([&](Askers& askers, TaskGroup& group) -> awaitable<void> {
        for (auto& each : got)
            group.spawn(askers.ask(&each == &got.back() ? other : one, each, soon()));
        co_await test::settle();
        EXPECT_EQ(askers.makes, 2);
        askers.open();
        co_await group.finished();
        EXPECT_EQ(askers.makes, 2);
        std::string later;
        co_await askers.ask(one, later, soon());
        EXPECT_EQ(askers.makes, 3);  // nothing is remembered: the device knows what it signed
    });
    EXPECT_EQ(got[0], got[1]);
    EXPECT_EQ(got[0], got[2]);
    EXPECT_FALSE(got[0].empty());
}

TEST(single_flight, refusal_is_shared) {
    std::array<std::string, 3> got;
    play([&](Askers& askers, TaskGroup& group) -> awaitable<void> {
        askers.problem = Error{Fault::stale_watermark, "stale"};
        for (auto& each : got)
            group.spawn(askers.ask(one, each, soon()));
        co_await test::settle();
        askers.open();
        co_await group.finished();
        EXPECT_EQ(askers.makes, 1);
    });
    for (const auto& each : got)
        EXPECT_EQ(each, "stale_watermark");
}

TEST(single_flight, transient_failure_is_retried) {
    std::array<std::string, 3> got;
    play([&](Askers& askers, TaskGroup& group) -> awaitable<void> {
        askers.problem = Error{Fault::timeout, "late"};
        for (auto& each : got)
            group.spawn(askers.ask(one, each, soon()));
        co_await test::settle();
        askers.open();
        co_await group.finished();
        EXPECT_EQ(askers.makes, 3);  // one after the other, since each was undecided
    });
    for (const auto& each : got)
        EXPECT_EQ(each, "no_answer");
}

TEST(single_flight, each_waits_until_its_own_deadline) {
    std::string first, second;
    play([&](Askers& askers, TaskGroup& group) -> awaitable<void> {
        group.spawn(askers.ask(one, first, soon()));
        co_await test::settle();
        askers.problem = Error{Fault::timeout, "late"};
        group.spawn(askers.ask(one, second, soon(0ms)));
        while (askers.makes < 2)
            co_await test::settle();
        askers.problem.reset();
        askers.open();
    });
    EXPECT_EQ(first.substr(0, 9), "signature");
    EXPECT_EQ(second.substr(0, 9), "signature");
}

}  // namespace
}  // namespace revenant::host::serve
