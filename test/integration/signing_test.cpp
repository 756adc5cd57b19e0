// Requests that the device signs or rejects, over the real channel.
#include <algorithm>
#include <csignal>

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include "common/tezos/verify.hpp"
#include "test/support/basics/payload_shapes.hpp"
#include "test/support/suite/baker.hpp"

namespace revenant::test {
namespace {

using host::Interface;
using tezos::Curve;
using tezos::Kind;

constexpr std::array kinds{Kind::block, Kind::preattestation, Kind::attestation};

/// All watermarks of a key.
std::vector<std::uint64_t> marks(const KeyStatus& key) {
    std::vector<std::uint64_t> all;
    const auto add = [&all](const LastSigned& last) { all.insert(all.end(), {last.level, last.round}); };
    for (const auto* last : {&key.block, &key.preattestation, &key.attestation})
        add(*last);
    for (const auto& chain : key.chains) {
        all.insert(all.end(), chain.chain_id.begin(), chain.chain_id.end());
        for (const auto* last : {&chain.block, &chain.preattestation, &chain.attestation})
            add(*last);
    }
    return all;
}

std::optional<ErrorCode> refusal(Baker& baker, const BakerKey& key, const Bytes& message) {
    return error_of(response_of(baker.ask(key, message)));
}

TEST(signing, each_shape_verifies_and_advances_own_mark) {
    Baker baker;
    for (const auto& key : baker.keys) {
        std::int32_t level = 10;
        for (auto one : shapes()) {
            if (one.curve != key.curve)
                continue;
            ++level;
            put(one.bytes, one.means.kind == Kind::block ? 5 : one.marks.find('l'), static_cast<std::uint32_t>(level));
            if (one.means.kind == Kind::block)
                put(one.bytes, 96, static_cast<std::uint32_t>(level));
            const auto signature = baker.signature(key, one.bytes);
            EXPECT_EQ(signature.size(), tezos::signature_size(key.curve)) << one.name;
            const auto status = baker.key_status(key.id);
            const auto& mark = one.means.kind == Kind::block            ? status.block
                               : one.means.kind == Kind::preattestation ? status.preattestation
                                                                        : status.attestation;
            EXPECT_EQ(mark.level, static_cast<std::uint64_t>(level)) << one.name;
            EXPECT_EQ(mark.round, static_cast<std::uint32_t>(one.means.round)) << one.name;
        }
    }
}

TEST(signing, wrong_byte_is_rejected_without_mark_change) {
    Baker baker;
    for (const auto& key : baker.keys) {
        baker.signature(key, operation(key.curve, Kind::block, 1));
        const auto before = marks(baker.key_status(key.id));
        std::vector<std::future<host::Answer>> answers;
        const auto must_be_refused = [&](Bytes bytes) { answers.push_back(baker.ask(key, bytes)); };
        for (const auto& one : shapes()) {
            if (one.curve != key.curve) {
                // A block does not depend on the curve of the key.
                if (one.means.kind != Kind::block)
                    must_be_refused(one.bytes);
                continue;
            }
            for (std::size_t at = 0; at < one.bytes.size(); ++at) {
                auto bytes = one.bytes;
                bytes[at] ^= 0x80;
                if (!expected_after(one, at, bytes))
                    must_be_refused(bytes);
            }
            auto bytes = one.bytes;
            bytes.push_back(0);
            if (one.name.find("DAL") == std::string::npos)
                must_be_refused(bytes);
            bytes.resize(one.bytes.size() - 1);
            must_be_refused(bytes);
            if (answers.size() > 100) {
                for (auto& answer : answers)
                    EXPECT_EQ(error_of(response_of(std::move(answer))), ErrorCode::bad_payload) << one.name;
                answers.clear();
            }
        }
        must_be_refused({});
        must_be_refused(Bytes(100, 0x03));
        for (auto& answer : answers)
            EXPECT_EQ(error_of(response_of(std::move(answer))), ErrorCode::bad_payload);
        EXPECT_EQ(marks(baker.key_status(key.id)), before);
    }
}

TEST(signing, conflicting_requests_get_one_signature) {
    Baker baker;
    baker.suite.wait_for_socket("gadget/ep-sign.sock");
    for (const auto& key : baker.keys)
        for (const auto kind : kinds)
            for (std::int32_t level = 1; level <= 5; ++level) {
                std::vector<std::pair<Bytes, std::future<host::Answer>>> asked;
                for (std::uint8_t salt = 0; salt < 10; ++salt) {
                    const auto message = operation(key.curve, kind, level, 0, salt);
                    asked.emplace_back(message, baker.ask(key, message));
                }
                unsigned signatures = 0;
                for (auto& [message, answer] : asked) {
                    const auto response = response_of(std::move(answer));
                    if (error_of(response) == ErrorCode::stale_watermark)
                        continue;
                    Baker::signature(key, message, response);
                    ++signatures;
                }
                EXPECT_EQ(signatures, 1U);
            }
}

TEST(signing, repeat_is_identical_after_restart) {
    Baker baker;
    std::vector<Bytes> signatures;
    for (const auto& key : baker.keys)
        for (const auto kind : kinds)
            signatures.push_back(baker.signature(key, operation(key.curve, kind, 7, 3)));
    for (const bool restarted : {false, true}) {
        if (restarted)
            baker.suite.kill_and_wait("gadget");
        auto expected = signatures.begin();
        for (const auto& key : baker.keys)
            for (const auto kind : kinds) {
                EXPECT_EQ(baker.signature(key, operation(key.curve, kind, 7, 3)), *expected++);
                EXPECT_EQ(refusal(baker, key, operation(key.curve, kind, 7, 3, 1)), ErrorCode::stale_watermark);
                EXPECT_EQ(refusal(baker, key, operation(key.curve, kind, 7, 2)), ErrorCode::stale_watermark);
                EXPECT_EQ(refusal(baker, key, operation(key.curve, kind, 6, 9)), ErrorCode::stale_watermark);
            }
    }
}

TEST(interfaces, reject_requests_of_other_interface) {
    Baker baker;
    const auto& key = baker.keys[0];
    const auto on_management =
        baker.management->response(SignRequest{key.address, operation(key.curve, Kind::block, 1)});
    EXPECT_EQ(error_of(on_management), ErrorCode::belongs_on_sign);
    std::vector<Request> elsewhere;
    elsewhere.emplace_back(UnlockRequest{{key.id}, passphrase()});
    elsewhere.emplace_back(LockRequest{{key.id}});
    elsewhere.emplace_back(NewKeysRequest{{"more"}, passphrase(), KeyKind::tz4});
    elsewhere.emplace_back(LogsRequest{});
    elsewhere.emplace_back(InitMasterRequest{false, passphrase()});
    elsewhere.emplace_back(InitInfoRequest{});
    elsewhere.emplace_back(SetLevelRequest{key.id, 5, {}, {}});
    elsewhere.emplace_back(DeleteKeysRequest{{key.id}, passphrase()});
    for (auto& request : elsewhere) {
        const auto which = request.index();
        EXPECT_EQ(error_of(baker.sign->response(std::move(request))), ErrorCode::belongs_on_management) << which;
    }
    baker.sign->expect<StatusResponse>(StatusRequest{});
    baker.sign->expect<VersionResponse>(VersionRequest{});
    EXPECT_EQ(baker.key_status(key.id).block.level, 0U);
}

TEST(keys, locked_or_deleted_do_not_sign) {
    Baker baker;
    const auto& four = baker.keys[0];
    const auto& one = baker.keys[1];
    baker.signature(four, operation(four.curve, Kind::block, 1));
    EXPECT_TRUE(baker.management->expect<LockResponse>(LockRequest{{four.id}}).results.at(0).ok);
    EXPECT_EQ(refusal(baker, four, operation(four.curve, Kind::block, 2)), ErrorCode::key_locked);
    baker.signature(one, operation(one.curve, Kind::block, 1));
    const auto locked = baker.key_status(four.id);
    EXPECT_EQ(locked.lock_state, LockState::locked);
    EXPECT_EQ(locked.address, four.address);
    EXPECT_EQ(marks(locked), std::vector<std::uint64_t>(6, 0));  // a locked key shows only its identity

    // A crash does not unlock a locked key.
    baker.suite.kill_and_wait("gadget");
    EXPECT_EQ(refusal(baker, four, operation(four.curve, Kind::block, 2)), ErrorCode::key_locked);
    const auto unlocked = baker.management->expect<UnlockResponse>(UnlockRequest{{four.id}, passphrase()});
    EXPECT_TRUE(unlocked.results.at(0).ok) << unlocked.results.at(0).error;
    EXPECT_EQ(refusal(baker, four, operation(four.curve, Kind::block, 1, 0, 1)), ErrorCode::stale_watermark);
    baker.signature(four, operation(four.curve, Kind::block, 2));

    const auto wrong = baker.management->response(DeleteKeysRequest{{one.id}, passphrase("wrong")});
    EXPECT_EQ(error_of(wrong), ErrorCode::delete_wrong_passphrase);
    baker.signature(one, operation(one.curve, Kind::block, 2));
    const auto deleted = baker.management->expect<DeleteKeysResponse>(DeleteKeysRequest{{one.id}, passphrase()});
    EXPECT_TRUE(deleted.results.at(0).ok) << deleted.results.at(0).error;
    EXPECT_EQ(refusal(baker, one, operation(one.curve, Kind::block, 3)), ErrorCode::key_not_found);
    EXPECT_EQ(baker.management->expect<StatusResponse>(StatusRequest{}).keys.size(), 1U);
    baker.suite.kill_and_wait("gadget");
    EXPECT_EQ(refusal(baker, one, operation(one.curve, Kind::block, 3)), ErrorCode::key_not_found);
}

SetLevelRequest to_level(const BakerKey& key, std::uint64_t level, const tezos::ChainId& chain) {
    return {key.id, level, {}, {chain.begin(), chain.end()}};
}

TEST(levels, set_level_rejects_lower_signatures) {
    SuiteSettings settings;
    settings.gadget = {"--jump-budget", "1000"};
    Baker baker{settings};
    const auto& key = baker.keys[0];
    baker.signature(key, operation(key.curve, Kind::block, 100));
    baker.management->expect<OkResponse>(to_level(key, 200, usual_chain));
    for (const auto kind : kinds) {
        EXPECT_EQ(refusal(baker, key, operation(key.curve, kind, 200)), ErrorCode::stale_watermark);
        EXPECT_EQ(refusal(baker, key, operation(key.curve, kind, 150)), ErrorCode::stale_watermark);
    }
    EXPECT_EQ(error_of(baker.management->response(to_level(key, 199, usual_chain))), ErrorCode::set_level_failed);
    EXPECT_EQ(baker.key_status(key.id).block.level, 200U);
    for (const auto kind : kinds)
        baker.signature(key, operation(key.curve, kind, 201));

    // Beyond the jump budget: rejected without the passphrase, both for signing and for set_level.
    EXPECT_EQ(refusal(baker, key, operation(key.curve, Kind::block, 10'000)), ErrorCode::stale_watermark);
    EXPECT_EQ(error_of(baker.management->response(to_level(key, 10'000, usual_chain))), ErrorCode::set_level_failed);
    auto with_passphrase = to_level(key, 9'999, usual_chain);
    with_passphrase.passphrase = passphrase();
    baker.management->expect<OkResponse>(std::move(with_passphrase));
    baker.signature(key, operation(key.curve, Kind::block, 10'000));
    EXPECT_EQ(error_of(baker.management->response(to_level(key, 2'147'483'647, usual_chain))),
              ErrorCode::set_level_failed);
    EXPECT_EQ(refusal(baker, key, operation(key.curve, Kind::block, 2'147'483'647)), ErrorCode::bad_payload);
}

TEST(levels, commands_show_and_keep_level_before_chains) {
    Baker baker;
    const auto& id = baker.keys[0].id;
    baker.management.reset();
    baker.sign.reset();
    baker.suite.host_json({"set-level", id, "5000"});
    const auto key = baker.suite.host_json({"status", id}).at("keys").at(0);
    EXPECT_EQ(key.at("chains").as_array().size(), 0U);
    EXPECT_EQ(key.at("attestation").at("level").to_number<int>(), 5000);
    EXPECT_NE(baker.suite.host({"status"}).out.find("5000 round 0"), std::string::npos);
    const auto lower = baker.suite.host({"set-level", id, "4000"});
    EXPECT_EQ(lower.code, 4);
    EXPECT_NE(lower.err.find("5000"), std::string::npos) << lower.err;
    const auto measured = baker.suite.host({"bench", "--count", "1", "--keys", id});
    EXPECT_EQ(measured.code, 4);
    EXPECT_NE(measured.err.find("cannot be measured"), std::string::npos) << measured.err;
    EXPECT_EQ(baker.suite.host_json({"status", id}).at("keys").at(0).at("block").at("level").to_number<int>(), 5000);
}

TEST(chains, have_own_marks_up_to_eight) {
    Baker baker;
    const auto& key = baker.keys[1];
    const auto on_chain = [&](std::uint8_t chain, std::int32_t level, std::uint8_t salt = 0) {
        auto message = operation(key.curve, Kind::attestation, level, 0, salt);
        message[4] = chain;
        return message;
    };
    for (std::uint8_t chain = 0; chain < 8; ++chain)
        baker.signature(key, on_chain(chain, 50 - chain));
    EXPECT_EQ(refusal(baker, key, on_chain(8, 100)), ErrorCode::bad_payload);
    for (const bool restarted : {false, true}) {
        if (restarted)
            baker.suite.kill_and_wait("gadget");
        for (std::uint8_t chain = 0; chain < 8; ++chain)
            EXPECT_EQ(refusal(baker, key, on_chain(chain, 50 - chain, 1)), ErrorCode::stale_watermark);
        EXPECT_EQ(baker.key_status(key.id).chains.size(), 8U);
    }
    EXPECT_EQ(error_of(baker.management->response(SetLevelRequest{key.id, 60, {}, {}})), ErrorCode::set_level_failed);
    EXPECT_EQ(baker.key_status(key.id).attestation.level, 50U);
}

}  // namespace
}  // namespace revenant::test
