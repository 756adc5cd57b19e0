#include "host/cli/load.hpp"

#include <gtest/gtest.h>

#include "common/tezos/payload.hpp"

namespace revenant::host {
namespace {

using namespace std::chrono_literals;

TEST(load, attestations_are_what_a_device_signs) {
    for (const auto curve : {tezos::Curve::bls, tezos::Curve::ed25519}) {
        const auto recognised = tezos::recognise(attestation(curve, 77), curve);
        const auto* operation = std::get_if<tezos::Operation>(&recognised);
        ASSERT_NE(operation, nullptr);
        EXPECT_EQ(*operation, (tezos::Operation{tezos::Kind::attestation, bench_chain, 77, 0}));
    }
}

TEST(load, takes_keys_in_turn_each_with_its_own_levels) {
    Load load{4, {{"tz4a", tezos::Curve::bls, 1}, {"tz4b", tezos::Curve::bls, 100}}};
    std::vector<std::pair<std::string, Bytes>> asked;
    while (auto request = load.next()) {
        auto& sign = std::get<SignRequest>(*request);
        asked.emplace_back(sign.address, sign.message);
    }
    const auto bytes = [](std::int32_t level) { return attestation(tezos::Curve::bls, level); };
    EXPECT_EQ(asked, (std::vector<std::pair<std::string, Bytes>>{
                         {"tz4a", bytes(1)}, {"tz4b", bytes(100)}, {"tz4a", bytes(2)}, {"tz4b", bytes(101)}}));
}

TEST(load, stops_asking_after_failure) {
    Load load{1000, {}};
    EXPECT_TRUE(load.next());
    load.give_up();
    EXPECT_FALSE(load.next());
    EXPECT_EQ(load.report(1s).json.at("asked").to_number<int>(), 1);
}

TEST(load, percentiles_are_those_of_the_nearest_rank) {
    Load load{100, {}};
    for (int latency = 100; latency >= 1; --latency)
        load.answered(std::chrono::microseconds{latency});
    const auto report = load.report(2s);
    const auto& latencies = report.json.at("latency_us");
    EXPECT_EQ(latencies.at("p50").as_double(), 50);
    EXPECT_EQ(latencies.at("p90").as_double(), 90);
    EXPECT_EQ(latencies.at("p99").as_double(), 99);
    EXPECT_EQ(latencies.at("p99.9").as_double(), 100);
    EXPECT_EQ(latencies.at("max").as_double(), 100);
    EXPECT_EQ(latencies.at("mean").as_double(), 50.5);
    EXPECT_EQ(report.json.at("per_second").as_double(), 50);
    EXPECT_EQ(report.exit, Exit::done);
}

KeyStatus unlocked_key() {
    KeyStatus key;
    key.key_id = "open";
    key.lock_state = LockState::unlocked;
    key.address = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
    return key;
}

TEST(load, one_mark_for_all_chains_advances_rounds) {
    auto key = unlocked_key();
    key.block = {5001, 0};
    key.attestation = {5000, 3};
    Load load{2, load_keys({key}, {})};
    for (const std::uint32_t round : {4U, 5U}) {
        const auto request = load.next();
        ASSERT_TRUE(request);
        EXPECT_EQ(std::get<SignRequest>(*request).message, attestation(tezos::Curve::bls, 5000, round));
    }
}

TEST(load, one_mark_without_attestation_starts_at_one) {
    auto key = unlocked_key();
    key.block = {5001, 0};
    const auto load = load_keys({key}, {}).at(0);
    EXPECT_EQ(load.level, 1);
    EXPECT_EQ(load.round, 0U);
    EXPECT_TRUE(load.one_mark);
}

TEST(load, other_chains_leave_bench_chain_at_one) {
    auto key = unlocked_key();
    key.attestation = {5000, 0};
    key.chains.push_back({{1, 2, 3, 4}, {}, {}, {5000, 0}});
    EXPECT_EQ(load_keys({key}, {}).at(0).level, 1);
    key.chains.push_back({{bench_chain.begin(), bench_chain.end()}, {}, {}, {70, 0}});
    const auto load = load_keys({key}, {}).at(0);
    EXPECT_EQ(load.level, 71);
    EXPECT_FALSE(load.one_mark);
}

TEST(load, level_set_before_first_signature_is_kept) {
    auto key = unlocked_key();
    key.block = key.preattestation = key.attestation = {5000, 0};
    try {
        load_keys({key}, {});
        ADD_FAILURE() << "must throw";
    } catch (const Error& refused) {
        EXPECT_EQ(refused.fault(), Fault::refused);
        EXPECT_NE(std::string{refused.what()}.find("5000"), std::string::npos) << refused.what();
    }
}

TEST(load, takes_only_unlocked_keys) {
    KeyStatus open, shut;
    open.key_id = "open";
    open.lock_state = LockState::unlocked;
    open.address = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
    shut.key_id = "shut";
    shut.lock_state = LockState::locked;
    EXPECT_EQ(load_keys({open, shut}, {}).size(), 1U);
    EXPECT_EQ(load_keys({open, shut}, {"open"}).at(0).level, 1);
    EXPECT_THROW(load_keys({open, shut}, {"shut"}), Error);
    EXPECT_THROW(load_keys({open, shut}, {"absent"}), Error);
    EXPECT_THROW(load_keys({shut}, {}), Error);
}

}  // namespace
}  // namespace revenant::host
