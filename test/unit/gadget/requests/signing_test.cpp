#include "gadget/requests/signing.hpp"

#include <set>

#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

/// Every rule holds whether the signature is computed in parallel with the durable write or after it.
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
            WriteAhead write_ahead{co_await asio::this_coro::executor, keys, [] {}};
            Signing signing{*store, keys, workers, write_ahead, counters, GetParam()};
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

TEST_P(gadget_signing, first_and_next_signatures_are_valid) {
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

TEST_P(gadget_signing, requests_of_one_key_keep_arrival_order) {
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

TEST_P(gadget_signing, lower_level_during_pending_write_is_refused) {
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
        EXPECT_FALSE(higher->answer) << "no signature is sent before its mark is durable";
        EXPECT_FALSE(lower->answer);
        gate.open();
        const std::vector both{higher, lower};
        co_await all(both);
        EXPECT_TRUE(is_signature(*higher->answer, key, higher->message));
        EXPECT_EQ(code(*lower->answer), 33U);
    });
}

TEST_P(gadget_signing, ten_conflicting_requests_sign_once) {
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
            EXPECT_TRUE(is_signature(*asked[0]->answer, key, asked[0]->message)) << "the first request";
        }
    });
}

TEST_P(gadget_signing, repeat_gives_identical_signature) {
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
        EXPECT_EQ(gate.passed(), writes) << "a repeat writes nothing";
        for (const auto& one : asked) {
            EXPECT_TRUE(is_signature(*one->answer, key, one->message));
            EXPECT_EQ(std::get<SignResponse>(*one->answer).signature,
                      std::get<SignResponse>(*asked[0]->answer).signature);
        }
    });
}

TEST_P(gadget_signing, failed_mark_write_sends_no_signature) {
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
        EXPECT_NE(code(*conflict[0]->answer), 0U) << "a mark that may have been written counts";
        EXPECT_TRUE(is_signature(*conflict[1]->answer, key, conflict[1]->message));
    });
}

TEST_P(gadget_signing, failed_chain_creation_refuses_then_recovers) {
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

TEST_P(gadget_signing, full_queue_is_busy_until_permit_freed) {
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

TEST_P(gadget_signing, key_waiting_for_disk_does_not_block_others) {
    init();
    const auto key = create_unlocked("a");
    const auto other = create_unlocked("b");
    with_signing(8, 64, [&]() -> awaitable<void> {
        const std::vector first{ask(key, attestation(1)), ask(other, attestation(1))};
        co_await all(first);
        gate.close();
        const auto stuck = ask(key, attestation(2));
        co_await until([&] { return gate.waiting() == 1; });
        const std::vector again{ask(other, attestation(1))};  // repeats need no write
        co_await all(again);
        EXPECT_TRUE(is_signature(*again[0]->answer, other, again[0]->message));
        EXPECT_FALSE(stuck->answer);
    });
}

TEST_P(gadget_signing, unsignable_requests_report_cause_use_no_permit) {
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

TEST_P(gadget_signing, key_locked_while_queued_does_not_sign) {
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

TEST_P(gadget_signing, job_age_starts_when_running) {
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
