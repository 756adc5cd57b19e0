#include "host/serve/signer.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "host/serve/http_status.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/unit/host/channel/fake_device.hpp"

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
    ServeSigner() { EXPECT_GE(sodium_init(), 0); }

    void device(std::function<test::Reaction(const Request&)> react) {
        device_.emplace(directory_.path(), std::move(react));
    }

    /// A device that has the key; what it does with what else it is asked.
    void device_with_key(std::function<test::Reaction(const Request&)> react) {
        device([react = std::move(react)](const Request& request) -> test::Reaction {
            if (std::holds_alternative<StatusRequest>(request))
                return {StatusResponse{{status_of(public_key)}}};
            return react(request);
        });
    }

    /// Runs `questions` beside a signer that keeps the device.
    void ask(const std::function<awaitable<void>(Signer&)>& questions) {
        Options options{"host", "test"};
        options.add("bus", "loopback", "").add("run-dir", run_dirs_, "").add("deadline", "", "");
        test::run([&]() -> awaitable<void> {
            Signer signer{co_await asio::this_coro::executor, options, settings_};
            const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(signer.run([](SignerDevice&) -> awaitable<void> { co_return; }));
                co_await questions(signer);
            };
            co_await with_group(body);
        });
    }

    /// Lets the deadline of the requests pass as soon as `reached` holds.
    awaitable<void> expire(std::function<bool()> reached) const {
        co_await test::settle();
        co_await test::until(std::move(reached));
        co_await test::turn_clock(settings_.deadline);
    }

    /// The status of the problem that a question ends with, or 200.
    template <typename T>
    static awaitable<unsigned> status(awaitable<T> question) {
        try {
            co_await std::move(question);
        } catch (const Error& problem) {
            co_return http::number(http_status_of(problem.fault()));
        }
        co_return 200U;
    }

    static SignerRequest question() { return read_signer_request("POST", {"/keys/" + address}, ""); }
    static awaitable<std::string> sign(Signer& signer) { return sign(signer, 0); }
    /// Another number is another message.
    static awaitable<std::string> sign(Signer& signer, std::uint8_t number) {
        const auto made = co_await signer.sign(question(), message(number), {});
        co_return made.signature;
    }
    static constexpr auto refresh_pause = 1s;  ///< after this the next refresh of the keys does not wait
    static Bytes message(std::uint8_t number) { return {0x11, number}; }

    test::TemporaryDirectory directory_;
    std::string run_dirs_ = directory_.path().string();
    ServeSettings settings_;
    std::optional<test::FakeDevice> device_;
};

TEST_F(ServeSigner, lost_link_repeats_the_request) {
    std::atomic<int> asked = 0;
    const Bytes signature(96, 0x5a);
    device_with_key([&](const Request& request) -> test::Reaction {
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

/// The audit log, the metrics and JSON name the cause: it must not collapse to no_device.
TEST_F(ServeSigner, fault_is_the_true_cause) {
    const auto fault_of_request = [this](const std::function<bool(const Signer&)>& reached) {
        std::optional<Fault> fault;
        ask([&](Signer& signer) -> awaitable<void> {
            const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(expire([&] { return reached(signer); }));
                try {
                    co_await sign(signer);
                } catch (const Error& error) {
                    fault = error.fault();
                }
            };
            co_await with_group(body);
        });
        return fault;
    };
    EXPECT_EQ(fault_of_request([](const Signer&) { return true; }), Fault::no_device);
    std::atomic<int> asked = 0;
    device_with_key([&](const Request&) -> test::Reaction {
        ++asked;
        return {};
    });
    EXPECT_EQ(fault_of_request([&](const Signer&) { return asked == 1; }), Fault::timeout);
    const auto says = [](const char* cause) {  // the device has answered the probe
        return [cause](const Signer& signer) { return signer.summary().find(cause) != std::string::npos; };
    };
    device_->ready = 0;
    EXPECT_EQ(fault_of_request(says("no gadget is alive")), Fault::not_ready);
    device_->ready = 1;
    device_->version = 2;
    EXPECT_EQ(fault_of_request(says("is not a signing device")), Fault::foreign);
}

TEST_F(ServeSigner, deadline_ends_the_request) {
    std::atomic<int> asked = 0;
    device_with_key([&](const Request&) -> test::Reaction {
        ++asked;
        return {};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(expire([&] { return asked == 1; }));
            EXPECT_EQ(co_await status(sign(signer)), 503U);
        };
        co_await with_group(body);
    });
}

TEST_F(ServeSigner, concurrency_is_limited) {
    settings_.max_signing = 1;
    std::atomic<int> asked = 0;
    device_with_key([&](const Request&) -> test::Reaction {
        ++asked;
        return {};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        unsigned first = 0;
        std::string second;
        const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
            const auto waiting = [&]() -> awaitable<void> { first = co_await status(sign(signer, 1)); };
            tasks.spawn(waiting());
            co_await test::until([&] { return asked == 1; });
            tasks.spawn(expire([] { return true; }));
            try {
                co_await sign(signer, 2);
            } catch (const Error& problem) {
                second = name(problem.fault());
            }
            co_await tasks.finished();
            EXPECT_LE(asked, 2);
            tasks.spawn(expire([] { return true; }));
            EXPECT_EQ(co_await status(sign(signer, 3)), 503U);
        };
        co_await with_group(both);
        EXPECT_EQ(first, 503U);
        EXPECT_TRUE(second == "busy" || second == "no_answer") << second;  // it may have had a turn of no length
    });
}

TEST_F(ServeSigner, one_key_is_asked_in_order) {
    constexpr std::uint8_t count = 40;
    std::vector<std::uint8_t> seen;  // on the device's thread, read after its end
    device_with_key([&](const Request& request) -> test::Reaction {
        seen.push_back(std::get<SignRequest>(request).message.at(1));
        return {SignResponse{Bytes(96, 0x5a)}, seen.size() == 20};  // and the link is lost in the middle
    });
    ask([](Signer& signer) -> awaitable<void> {
        const auto all = [&](TaskGroup& tasks) -> awaitable<void> {
            const auto one = [&](std::uint8_t number) -> awaitable<void> { co_await sign(signer, number); };
            for (std::uint8_t number = 0; number < count; ++number)
                tasks.spawn(one(number));  // also while no device and no key is known yet
            co_await tasks.finished();
        };
        co_await with_group(all);
    });
    device_.reset();
    std::vector<std::uint8_t> first_seen;
    for (const auto number : seen)
        if (std::find(first_seen.begin(), first_seen.end(), number) == first_seen.end())
            first_seen.push_back(number);
    EXPECT_EQ(first_seen.size(), count);
    EXPECT_TRUE(std::is_sorted(first_seen.begin(), first_seen.end()));
}

TEST_F(ServeSigner, signature_of_wrong_size_is_rejected) {
    device_with_key([](const Request&) -> test::Reaction { return {SignResponse{Bytes(64, 1)}}; });  // as a tz1 key's
    ask([](Signer& signer) -> awaitable<void> { EXPECT_EQ(co_await status(sign(signer)), 502U); });
}

TEST_F(ServeSigner, inconsistent_key_is_ignored) {
    std::atomic<bool> honest = false;
    std::atomic<int> asked = 0;
    device([&](const Request&) -> test::Reaction {
        ++asked;
        return {StatusResponse{
            {status_of(honest ? public_key : "edpkuBknW28nW72KG6RoHtYW7p12T6GKc7nAbwYX5m8Wd9sDVC9yav")}}};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        co_await test::until([&] { return asked == 1; });
        co_await test::turn_clock(refresh_pause);
        EXPECT_EQ(co_await status(sign(signer)), 404U);
        co_await test::turn_clock(refresh_pause);
        EXPECT_EQ(co_await status(signer.key(address)), 404U);
        co_await test::turn_clock(refresh_pause);
        honest = true;
        const auto key = co_await signer.key(address);
        EXPECT_EQ(key.public_key, public_key);
    });
}

TEST_F(ServeSigner, second_owner_during_wait_is_rejected) {
    const test::TemporaryDirectory second;
    run_dirs_ += ":" + second.path().string();
    settings_.max_signing = 1;
    std::atomic<int> asked = 0;
    std::atomic<bool> go_on = false;
    device_with_key([&](const Request&) -> test::Reaction {
        ++asked;
        go_on.wait(false);
        return {SignResponse{Bytes(96, 0x5a)}};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        unsigned first = 0, waited = 0;
        const auto one = [&](unsigned& became, std::uint8_t number) -> awaitable<void> {
            became = co_await status(sign(signer, number));
        };
        const auto all = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(one(first, 1));
            co_await test::until([&] { return asked == 1; });
            tasks.spawn(one(waited, 2));
            co_await test::settle();
            const test::FakeDevice other{second.path(), [](const Request&) -> test::Reaction {
                                             return {StatusResponse{{status_of(public_key)}}};
                                         }};
            while (co_await status(signer.key(address)) != 409)
                co_await test::settle();
            go_on = true;
            go_on.notify_all();
            co_await tasks.finished();
        };
        co_await with_group(all);
        EXPECT_EQ(first, 200U);
        EXPECT_EQ(waited, 409U);
    });
    EXPECT_EQ(asked, 1);
}

TEST(device_pool, missing_serial_is_no_new_device) {
    const std::vector<UsbNode> devices{{"1-1", "A", ""}, {"1-2", "", ""}, {"1-3", "B", ""}, {"1-4", "B", ""}};
    EXPECT_EQ(new_serials(devices, {}), (std::vector<std::string>{"A", "B"}));
    EXPECT_EQ(new_serials(devices, {"A"}), (std::vector<std::string>{"B"}));
    EXPECT_TRUE(new_serials({{"1-2", "", ""}}, {"A"}).empty());
}

TEST_F(ServeSigner, foreign_response_is_502) {
    std::atomic<int> asked = 0;
    device([&](const Request&) -> test::Reaction {
        ++asked;
        return {VersionResponse{}};
    });
    ask([&](Signer& signer) -> awaitable<void> {
        co_await test::until([&] { return asked == 1; });
        co_await test::turn_clock(refresh_pause);
        EXPECT_EQ(co_await status(sign(signer)), 502U);
        co_await test::turn_clock(refresh_pause);
        EXPECT_EQ(co_await status(signer.keys()), 502U);
    });
}

}  // namespace
}  // namespace revenant::host::serve
