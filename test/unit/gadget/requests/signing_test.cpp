#include "gadget/requests/signing.hpp"

#include <set>

#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

/// Every rule holds alike whether the signature is computed beside the durable write or after it.
class gadget_signing : public Device, public testing::WithParamInterface<std::size_t> {
protected:
    struct Asked {
        Bytes message;
        std::optional<Response> answer{};
    };
    using Answer = std::shared_ptr<Asked>;

    template <typename Body>
    void with_signing(std::size_t threads, std::size_t queued, Body body) {
        run([&]() -> awaitable<void> {
            Workers workers{co_await asio::this_coro::executor, threads, queued};
            Signing signing{*store, keys, workers, counters, GetParam()};
            subject = &signing;
            pool = &workers;
            co_await body();
            gate.open();
            co_await workers.drained();
        });
    }
    Answer ask(const keystore::Identity& key, Bytes message) {
        auto asked = std::make_shared<Asked>(Asked{message});
        subject->sign(sign_request(key, std::move(message)), [asked](const Response& response) {
            EXPECT_FALSE(asked->answer) << "answered twice";
            asked->answer = response;
        });
        return asked;
    }
    static awaitable<void> all(std::vector<Answer> asked) {
        for (const auto& one : asked)
            co_await until([&one] { return one->answer.has_value(); });
    }

    Counters counters;
    Signing* subject = nullptr;
    Workers* pool = nullptr;
};

TEST_P(gadget_signing, the_first_signature_of_a_chain_and_the_next_are_valid) {
    init();
    const auto key = create_unlocked("a");
    with_signing(2, 2, [&]() -> awaitable<void> {
        for (std::uint8_t chain = 1; chain <= 2; ++chain) {
            const auto first = ask(key, attestation(10, 0, chain));
            const auto next = ask(key, attestation(11, 0, chain));
            const std::vector asked{first, next};
            co_await all(asked);
            for (const auto& one : asked)
                EXPECT_TRUE(is_signature(*one->answer, key, one->message));
        }
        EXPECT_EQ(counters.signatures, 4U);
        EXPECT_EQ(pool->jobs(), 0U);
    });
}

TEST_P(gadget_signing, requests_of_one_key_are_judged_in_the_order_in_which_they_came) {
    init();
    const std::vector signers{create_unlocked("a"), create_unlocked("b"), create_unlocked("c")};
    with_signing(8, 64, [&]() -> awaitable<void> {
        std::vector<Answer> asked;
        for (std::uint32_t level = 1; level <= 20; ++level)
            for (const auto& key : signers)
                asked.push_back(ask(key, attestation(level)));
        co_await all(asked);
        for (std::size_t number = 0; number < asked.size(); ++number)
            EXPECT_TRUE(is_signature(*asked[number]->answer, signers[number % 3], asked[number]->message)) << number;
        EXPECT_EQ(counters.refusals, 0U);
    });
}

TEST_P(gadget_signing, a_lower_level_that_came_later_is_refused_though_the_higher_is_not_durable_yet) {
    init();
    const auto key = create_unlocked("a");
    with_signing(8, 64, [&]() -> awaitable<void> {
        const std::vector first{ask(key, attestation(1))};
        co_await all(first);
        gate.close();
        const auto higher = ask(key, attestation(12));
        const auto lower = ask(key, attestation(11));
        co_await until([&] { return gate.waiting() == 1; });
        co_await settle();
        EXPECT_FALSE(higher->answer) << "no signature leaves before its mark is durable";
        EXPECT_FALSE(lower->answer);
        gate.open();
        const std::vector both{higher, lower};
        co_await all(both);
        EXPECT_TRUE(is_signature(*higher->answer, key, higher->message));
        EXPECT_EQ(code(*lower->answer), 33U);
    });
}

TEST_P(gadget_signing, of_ten_that_conflict_at_once_exactly_one_is_signed) {
    init();
    const auto key = create_unlocked("a");
    with_signing(8, 64, [&]() -> awaitable<void> {
        for (std::uint32_t level = 1; level <= 10; ++level) {
            std::vector<Answer> asked;
            for (std::uint8_t variant = 0; variant < 10; ++variant)
                asked.push_back(ask(key, attestation(level, variant)));
            co_await all(asked);
            std::set<Bytes> signatures;
            for (const auto& one : asked) {
                const auto* signature = std::get_if<SignResponse>(&*one->answer);
                if (signature != nullptr)
                    signatures.insert(signature->signature);
                else
                    EXPECT_EQ(code(*one->answer), 33U);
            }
            EXPECT_EQ(signatures.size(), 1U) << "level " << level;
            EXPECT_TRUE(is_signature(*asked[0]->answer, key, asked[0]->message)) << "the one that came first";
        }
    });
}

TEST_P(gadget_signing, the_same_bytes_are_signed_again_and_alike) {
    init();
    const auto key = create_unlocked("a");
    with_signing(8, 64, [&]() -> awaitable<void> {
        std::vector<Answer> asked;
        for (int repeat = 0; repeat < 5; ++repeat)
            asked.push_back(ask(key, attestation(10)));
        co_await all(asked);
        const auto writes = gate.passed();
        asked.push_back(ask(key, attestation(10)));
        co_await all(asked);
        EXPECT_EQ(gate.passed(), writes) << "nothing is written for a repetition";
        for (const auto& one : asked) {
            EXPECT_TRUE(is_signature(*one->answer, key, one->message));
            EXPECT_EQ(std::get<SignResponse>(*one->answer).signature,
                      std::get<SignResponse>(*asked[0]->answer).signature);
        }
    });
}

TEST_P(gadget_signing, when_the_mark_cannot_be_written_no_signature_leaves) {
    init();
    const auto key = create_unlocked("a");
    with_signing(2, 8, [&]() -> awaitable<void> {
        const std::vector first{ask(key, attestation(1))};
        co_await all(first);
        gate.fail(true);
        const std::vector failing{ask(key, attestation(2)), ask(key, attestation(3))};
        co_await all(failing);
        EXPECT_EQ(code(*failing[0]->answer), 30U);
        EXPECT_EQ(code(*failing[1]->answer), 30U);
        EXPECT_EQ(counters.signatures, 1U);
        gate.fail(false);
        const std::vector conflict{ask(key, attestation(2, 1)), ask(key, attestation(4))};
        co_await all(conflict);
        EXPECT_NE(code(*conflict[0]->answer), 0U) << "what may have been written counts";
        EXPECT_TRUE(is_signature(*conflict[1]->answer, key, conflict[1]->message));
    });
}

TEST_P(gadget_signing, a_chain_that_cannot_be_begun_refuses_its_first_and_takes_the_next) {
    init();
    const auto key = create_unlocked("a");
    with_signing(2, 8, [&]() -> awaitable<void> {
        gate.fail(true);
        const std::vector failing{ask(key, attestation(1))};
        co_await all(failing);
        EXPECT_EQ(code(*failing[0]->answer), 30U);
        gate.fail(false);
        const std::vector next{ask(key, attestation(1)), ask(key, attestation(2))};
        co_await all(next);
        EXPECT_TRUE(is_signature(*next[0]->answer, key, next[0]->message));
        EXPECT_TRUE(is_signature(*next[1]->answer, key, next[1]->message));
    });
}

TEST_P(gadget_signing, one_too_many_is_busy_and_a_place_that_is_given_back_is_taken_again) {
    init();
    const auto key = create_unlocked("a");
    with_signing(1, 2, [&]() -> awaitable<void> {
        gate.close();
        std::vector<Answer> asked;
        for (std::uint32_t level = 1; level <= 3; ++level)
            asked.push_back(ask(key, attestation(level)));
        const auto refused = ask(key, attestation(4));
        EXPECT_TRUE(refused->answer && code(*refused->answer) == 99);
        EXPECT_EQ(counters.busy, 1U);
        EXPECT_EQ(pool->jobs(), 3U);
        gate.open();
        co_await all(asked);
        EXPECT_EQ(pool->jobs(), 0U);
        const std::vector next{ask(key, attestation(4))};
        co_await all(next);
        EXPECT_TRUE(is_signature(*next[0]->answer, key, next[0]->message));
    });
}

TEST_P(gadget_signing, one_key_that_waits_for_its_disk_does_not_hold_up_another) {
    init();
    const auto key = create_unlocked("a");
    const auto other = create_unlocked("b");
    with_signing(8, 64, [&]() -> awaitable<void> {
        const std::vector first{ask(key, attestation(1)), ask(other, attestation(1))};
        co_await all(first);
        gate.close();
        const auto stuck = ask(key, attestation(2));
        co_await until([&] { return gate.waiting() == 1; });
        const std::vector again{ask(other, attestation(1))};  // needs no write
        co_await all(again);
        EXPECT_TRUE(is_signature(*again[0]->answer, other, again[0]->message));
        EXPECT_FALSE(stuck->answer);
    });
}

TEST_P(gadget_signing, what_cannot_be_signed_says_why_and_takes_no_place) {
    init();
    const auto key = create("locked");
    const auto open = create_unlocked("open");
    with_signing(1, 0, [&]() -> awaitable<void> {
        const auto code_of = [&](const keystore::Identity& whose, Bytes message) {
            const auto asked = ask(whose, std::move(message));
            return asked->answer ? code(*asked->answer) : 9999;
        };
        EXPECT_EQ(code_of(key, attestation(1)), 32U);
        keystore::Identity nobody;
        nobody.address = "tz1nobody";
        EXPECT_EQ(code_of(nobody, attestation(1)), 31U);
        EXPECT_EQ(code_of(open, bytes("nonsense")), 34U);
        EXPECT_EQ(code_of(open, attestation(0x80000000)), 34U);
        EXPECT_EQ(counters.refusals, 4U);
        EXPECT_EQ(pool->jobs(), 0U);
        co_return;
    });
}

TEST_P(gadget_signing, a_key_that_is_locked_meanwhile_signs_nothing_more) {
    init();
    const auto key = create_unlocked("a");
    with_signing(2, 8, [&]() -> awaitable<void> {
        const std::vector first{ask(key, attestation(1))};
        co_await all(first);
        gate.close();
        const auto being_written = ask(key, attestation(2));
        const auto waiting = ask(key, attestation(3));
        const auto last = ask(key, attestation(4));
        co_await until([&] { return gate.waiting() == 1; });
        keys.remove("a");
        gate.open();
        const std::vector rest{being_written, waiting, last};
        co_await all(rest);
        EXPECT_TRUE(is_signature(*being_written->answer, key, being_written->message));
        EXPECT_EQ(code(*waiting->answer), 32U);
        EXPECT_EQ(code(*last->answer), 32U);
    });
}

TEST_P(gadget_signing, a_job_ages_from_when_it_runs_not_from_when_it_came) {
    init();
    const auto key = create_unlocked("a");
    with_signing(2, 8, [&]() -> awaitable<void> {
        gate.close();
        const auto first = ask(key, attestation(1));
        const auto second = ask(key, attestation(2));
        co_await until([&] { return gate.waiting() == 1 && pool->oldest() > 5ms; });
        const auto since = Workers::Clock::now();
        gate.open();
        co_await until([&] {
            EXPECT_TRUE(first->answer == std::nullopt || pool->oldest() <= Workers::Clock::now() - since);
            return second->answer.has_value();
        });
    });
}

constexpr std::size_t enough_cores = 64, no_core_to_spare = 0;
INSTANTIATE_TEST_SUITE_P(computed, gadget_signing, testing::Values(enough_cores, no_core_to_spare),
                         [](const auto& chosen) {
                             return chosen.param == enough_cores ? "beside_the_write" : "after_the_write";
                         });

}  // namespace
}  // namespace revenant::gadget
