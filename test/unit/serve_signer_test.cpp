#include <gtest/gtest.h>
#include <sodium.h>

#include "fake_device.hpp"
#include "host/serve/signer.hpp"
#include "loop.hpp"
#include "temporary_directory.hpp"

namespace revenant::host::serve {
namespace {

// A worked example.
const std::string address = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
const std::string public_key = "BLpk1zKCZWUm6fXHxeLZY8jyv8m4cNKvYtM1yVC6uE9fViEGwU5CMRF8kL1DUKtdaqYmX71FJPCe";

KeyStatus status_of(const std::string& of) {
    KeyStatus status;
    status.address = address;
    status.public_key = of;
    return status;
}

class ServeSigner : public ::testing::Test {
protected:
    ServeSigner() {
        EXPECT_GE(sodium_init(), 0);
        options_.add("bus", "loopback", "").add("run-dir", directory_.path().string(), "").add("deadline", "", "");
    }

    void device(std::function<test::Reaction(const Request&)> react) {
        device_.emplace(directory_.path(), std::move(react));
    }

    /// Runs `questions` beside a signer that keeps the device.
    void ask(const std::function<awaitable<void>(Signer&)>& questions) {
        test::run([&]() -> awaitable<void> {
            Signer signer{co_await asio::this_coro::executor, options_, settings_};
            const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(signer.run([](Line&) -> awaitable<void> { co_return; }));
                co_await questions(signer);
            };
            co_await with_group(body);
        });
    }

    /// The status of the problem that a question ends with, or 200.
    template <typename T>
    static awaitable<unsigned> status(awaitable<T> question) {
        try {
            co_await std::move(question);
        } catch (const Problem& problem) {
            co_return problem.status();
        }
        co_return 200U;
    }

    static Question question() { return read_question("POST", "/keys/" + address, ""); }
    static awaitable<std::string> sign(Signer& signer) { return signer.sign(question(), Bytes{0x11}); }

    test::TemporaryDirectory directory_;
    Options options_{"host", "test"};
    ServeSettings settings_;
    std::optional<test::FakeDevice> device_;
};

TEST_F(ServeSigner, repeats_a_request_that_was_in_flight_when_the_link_was_lost) {
    std::atomic<int> asked = 0;
    const Bytes signature(96, 0x5a);
    device([&](const Request& request) -> test::Reaction {
        EXPECT_EQ(std::get<SignRequest>(request).address, address);
        if (++asked == 1)
            return {std::nullopt, true};
        return {SignResponse{signature}};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        EXPECT_EQ(co_await sign(signer), tezos::signature_text(tezos::Curve::bls, signature));
    });
    EXPECT_EQ(asked, 2);
}

TEST_F(ServeSigner, gives_up_at_its_deadline) {
    settings_.deadline = 200ms;
    device([](const Request&) -> test::Reaction { return {}; });
    ask([](Signer& signer) -> awaitable<void> {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(co_await status(sign(signer)), 503U);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    });
}

TEST_F(ServeSigner, takes_no_more_at_once_than_it_may) {
    settings_.deadline = 300ms;
    settings_.limits.signing = 1;
    device([](const Request&) -> test::Reaction { return {}; });
    ask([](Signer& signer) -> awaitable<void> {
        unsigned first = 0;
        const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
            const auto waiting = [&]() -> awaitable<void> { first = co_await status(sign(signer)); };
            tasks.spawn(waiting());
            co_await test::settle();
            std::string busy;
            try {
                co_await sign(signer);
            } catch (const Problem& problem) {
                busy = problem.what();
            }
            EXPECT_NE(busy.find("busy: 1 signatures"), std::string::npos) << busy;
            co_await tasks.finished();
        };
        co_await with_group(both);
        EXPECT_EQ(first, 503U);
        EXPECT_EQ(co_await status(sign(signer)), 503U);  // the place is free again: it waited for the device
    });
}

TEST_F(ServeSigner, gives_out_nothing_that_does_not_hang_together) {
    std::atomic<bool> honest = false;
    device([&](const Request& request) -> test::Reaction {
        if (std::holds_alternative<SignRequest>(request))
            return {SignResponse{Bytes(64, 1)}};  // as long as a tz1 key's
        return {StatusResponse{
            {status_of(honest ? public_key : "edpkuBknW28nW72KG6RoHtYW7p12T6GKc7nAbwYX5m8Wd9sDVC9yav")}}};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        EXPECT_EQ(co_await status(sign(signer)), 502U);
        EXPECT_EQ(co_await status(signer.key(address)), 404U);
        honest = true;
        const auto key = co_await signer.key(address);
        EXPECT_EQ(key.public_key, public_key);
    });
}

TEST_F(ServeSigner, answers_a_strange_device_with_502) {
    device([](const Request&) -> test::Reaction { return {VersionResponse{}}; });
    ask([](Signer& signer) -> awaitable<void> {
        EXPECT_EQ(co_await status(sign(signer)), 502U);
        EXPECT_EQ(co_await status(signer.keys()), 502U);
    });
}

}  // namespace
}  // namespace revenant::host::serve
