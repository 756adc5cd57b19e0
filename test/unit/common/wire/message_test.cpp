#include "common/wire/message.hpp"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include "test/support/basics/secret_text.hpp"
#include "test/unit/common/wire/message_samples.hpp"

namespace revenant {
namespace {

using google::protobuf::util::MessageDifferencer;

class message : public ::testing::Test {
protected:
    message() { EXPECT_GE(sodium_init(), 0); }
};

ByteView view(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

using test::text_of;  // of a secret

std::string text_of(const Bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

template <typename Peer>
Peer parsed(const Bytes& bytes) {
    Peer peer;
    EXPECT_TRUE(peer.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    return peer;
}

std::optional<Request> decode(const signer::Request& request) {
    return decode_request(view(request.SerializeAsString()));
}

template <typename Payload>
Payload decoded(const std::function<google::protobuf::Message*(signer::Request&)>& choose) {
    signer::Request request;
    test::fill(*choose(request));
    auto ours = decode(request);
    return std::get<Payload>(std::move(ours.value()));
}

template <typename Payload>
Payload decoded_response(const std::function<google::protobuf::Message*(signer::Response&)>& choose) {
    signer::Response response;
    test::fill(*choose(response));
    auto ours = decode_response(view(response.SerializeAsString()));
    return std::get<Payload>(std::move(ours.value()));
}

TEST_F(message, requests_round_trip_with_full_protobuf) {
    int count = 0;
    test::for_each_alternative<signer::Request>([&](const signer::Request& theirs, const std::string& name) {
        const auto ours = decode(theirs);
        ASSERT_TRUE(ours) << name;
        EXPECT_EQ(static_cast<int>(ours->index()), theirs.payload_case()) << name;
        EXPECT_TRUE(MessageDifferencer::Equals(parsed<signer::Request>(encode(*ours)), theirs)) << name;
        ++count;
    });
    EXPECT_EQ(count, 2 * 11);
}

TEST_F(message, responses_round_trip_with_full_protobuf) {
    int count = 0;
    test::for_each_alternative<signer::Response>([&](const signer::Response& theirs, const std::string& name) {
        const auto ours = decode_response(view(theirs.SerializeAsString()));
        ASSERT_TRUE(ours) << name;
        EXPECT_NE(ours->index(), 0U) << name;
        EXPECT_TRUE(MessageDifferencer::Equals(parsed<signer::Response>(encode(*ours)), theirs)) << name;
        ++count;
    });
    EXPECT_EQ(count, 2 * 11);
}

TEST_F(message, request_fields_are_decoded) {
    const std::vector<std::string> ids{"signer.UnlockRequest.key_ids0", "signer.UnlockRequest.key_ids1",
                                       "signer.UnlockRequest.key_ids2"};
    const auto unlock = decoded<UnlockRequest>([](auto& r) { return r.mutable_unlock(); });
    EXPECT_EQ(unlock.key_ids, ids);
    EXPECT_EQ(text_of(unlock.passphrase), "signer.UnlockRequest.passphrase");
    const auto sign = decoded<SignRequest>([](auto& r) { return r.mutable_sign(); });
    EXPECT_EQ(sign.address, "signer.SignRequest.tz4");
    EXPECT_EQ(text_of(sign.message), "signer.SignRequest.message");
    const auto new_keys = decoded<NewKeysRequest>([](auto& r) { return r.mutable_new_keys(); });
    EXPECT_EQ(new_keys.key_ids.size(), 3U);
    EXPECT_EQ(text_of(new_keys.passphrase), "signer.NewKeysRequest.passphrase");
    EXPECT_EQ(new_keys.kind, KeyKind::tz1);
    EXPECT_EQ(decoded<LogsRequest>([](auto& r) { return r.mutable_logs(); }).limit, 0xFFFFFFFFU - 1);
    const auto init = decoded<InitMasterRequest>([](auto& r) { return r.mutable_init_master(); });
    EXPECT_TRUE(init.deterministic);
    EXPECT_EQ(text_of(init.passphrase), "signer.InitMasterRequest.passphrase");
    const auto set_level = decoded<SetLevelRequest>([](auto& r) { return r.mutable_set_level(); });
    EXPECT_EQ(set_level.key_id, "signer.SetLevelRequest.key_id");
    EXPECT_EQ(set_level.level, ~std::uint64_t{0} - 3);
    EXPECT_EQ(text_of(set_level.passphrase), "signer.SetLevelRequest.passphrase");
    EXPECT_EQ(text_of(set_level.chain_id), "signer.SetLevelRequest.chain_id");
    const auto remove = decoded<DeleteKeysRequest>([](auto& r) { return r.mutable_delete_keys(); });
    EXPECT_EQ(remove.key_ids.size(), 3U);
    EXPECT_EQ(text_of(remove.passphrase), "signer.DeleteKeysRequest.passphrase");
}

TEST_F(message, response_fields_are_decoded) {
    const auto status = decoded_response<StatusResponse>([](auto& r) { return r.mutable_status(); });
    ASSERT_EQ(status.keys.size(), 3U);
    const auto& key = status.keys[1];
    EXPECT_EQ(key.key_id, "signer.KeyStatus.key_id");
    EXPECT_EQ(key.address, "signer.KeyStatus.tz4");
    EXPECT_EQ(key.public_key, "signer.KeyStatus.bl_pubkey");
    EXPECT_EQ(key.proof, "signer.KeyStatus.pop");
    EXPECT_EQ(key.lock_state, LockState::unlocked);
    EXPECT_TRUE(key.state_corrupted);
    EXPECT_EQ(key.block.level, ~std::uint64_t{0} - 10);
    EXPECT_EQ(key.preattestation.level, ~std::uint64_t{0} - 11);
    EXPECT_EQ(key.attestation.level, ~std::uint64_t{0} - 12);
    EXPECT_EQ(key.block.round, ~std::uint32_t{0} - 20);
    EXPECT_EQ(key.preattestation.round, ~std::uint32_t{0} - 21);
    EXPECT_EQ(key.attestation.round, ~std::uint32_t{0} - 22);
    ASSERT_EQ(key.chains.size(), 3U);
    EXPECT_EQ(text_of(key.chains[2].chain_id), "signer.ChainStatus.chain_id");
    EXPECT_EQ(key.chains[2].preattestation.level, ~std::uint64_t{0} - 3);
    EXPECT_EQ(key.chains[2].preattestation.round, ~std::uint32_t{0} - 6);
    EXPECT_TRUE(key.chains[2].degraded);
    EXPECT_EQ(key.chains[2].reserve, ~std::uint64_t{0} - 9);
    EXPECT_EQ(key.chains[2].refused_until, ~std::uint64_t{0} - 10);
    EXPECT_TRUE(key.chains[2].reserve_failed);
    const auto created = decoded_response<NewKeysResponse>([](auto& r) { return r.mutable_new_key(); });
    EXPECT_EQ(created.results.at(0).public_key, "signer.NewKeyPerKeyResult.bl_pubkey");
    EXPECT_EQ(created.results.at(0).address, "signer.NewKeyPerKeyResult.tz4");
    EXPECT_TRUE(created.results.at(0).ok);
    EXPECT_EQ(created.results.at(0).error, "signer.NewKeyPerKeyResult.error");
    const auto unlocked = decoded_response<UnlockResponse>([](auto& r) { return r.mutable_unlock(); });
    EXPECT_EQ(unlocked.results.at(2).error, "signer.PerKeyResult.error");
    const auto version = decoded_response<VersionResponse>([](auto& r) { return r.mutable_version(); });
    EXPECT_EQ(version.version, "signer.VersionResponse.version");
    EXPECT_EQ(version.build_date, "signer.VersionResponse.build_date");
    const auto logs = decoded_response<LogsResponse>([](auto& r) { return r.mutable_logs(); });
    EXPECT_EQ(logs.lines.at(2), "signer.LogsResponse.lines2");
    const auto error = decoded_response<ErrorResponse>([](auto& r) { return r.mutable_error(); });
    EXPECT_EQ(static_cast<std::uint32_t>(error.code), ~std::uint32_t{0} - 1);
    EXPECT_EQ(error.message, "signer.ErrorResponse.message");
}

TEST_F(message, truncated_message_is_rejected) {
    const auto check = [](const std::string& whole, const auto& decode_some, const std::string& name) {
        for (std::size_t size = 1; size < whole.size(); ++size)
            ASSERT_FALSE(decode_some(view(whole).first(size))) << name << ' ' << size;
    };
    test::for_each_alternative<signer::Request>([&](const signer::Request& request, const std::string& name) {
        check(request.SerializeAsString(), &decode_request, name);
    });
    test::for_each_alternative<signer::Response>([&](const signer::Response& response, const std::string& name) {
        check(response.SerializeAsString(), &decode_response, name);
    });
}

TEST_F(message, more_than_64_ids_are_rejected) {
    signer::Request request;
    for (std::size_t count = 0; count < max_key_ids; ++count)
        request.mutable_unlock()->add_key_ids("key" + std::to_string(count));
    EXPECT_TRUE(decode(request));
    request.mutable_unlock()->add_key_ids("one-more");
    EXPECT_FALSE(decode(request));
}

TEST_F(message, long_text_or_passphrase_is_rejected) {
    const auto unlock = [](std::size_t id, std::size_t passphrase) {
        signer::Request request;
        request.mutable_unlock()->add_key_ids(std::string(id, 'k'));
        request.mutable_unlock()->set_passphrase(std::string(passphrase, 'p'));
        return decode(request).has_value();
    };
    EXPECT_TRUE(unlock(256, max_passphrase_size));
    EXPECT_FALSE(unlock(257, 1));
    EXPECT_FALSE(unlock(1, max_passphrase_size + 1));
    signer::Request sign;
    sign.mutable_sign()->set_tz4(std::string(4097, 't'));
    EXPECT_FALSE(decode(sign));
}

TEST_F(message, unknown_key_kind_is_rejected) {
    signer::Request request;
    request.mutable_new_keys()->set_kind(static_cast<signer::KeyKind>(2));
    EXPECT_FALSE(decode(request));
}

TEST_F(message, unknown_lock_state_is_unspecified) {
    signer::Response response;
    response.mutable_status()->add_keys()->set_lock_state(static_cast<signer::LockState>(9));
    const auto ours = decode_response(view(response.SerializeAsString()));
    ASSERT_TRUE(ours);
    EXPECT_EQ(std::get<StatusResponse>(*ours).keys.at(0).lock_state, LockState::unspecified);
}

TEST_F(message, wrong_wire_type_is_rejected) {
    using namespace std::string_literals;
    for (const auto& bytes : {
             "\x08\x01"s,                       // unlock as a number
             "\x0D\1\0\0\0"s,                   // unlock as fixed32
             "\x4A\x04\x1A\x02xx"s,             // level as a text
             "\x32\x05\x0D\x01\0\0\0"s,         // limit as fixed32
             "\x0F"s, "\x0A\x80"s, "\xFF\xFF"s  // invalid wire type; unterminated length; unterminated tag
         })
        EXPECT_FALSE(decode_request(view(bytes))) << testing::PrintToString(bytes);
}

/// nanopb passes the encoded bytes of a number to a text's callback. This is harmless, since ids and passphrases are
/// validated.
TEST_F(message, number_in_text_field_gives_its_bytes) {
    using namespace std::string_literals;
    const auto id = decode_request(view("\x0A\x02\x08\x01"s));
    ASSERT_TRUE(id);
    EXPECT_EQ(std::get<UnlockRequest>(*id).key_ids, std::vector<std::string>{"\x01"});
    const auto passphrase = decode_request(view("\x0A\x02\x10\x7F"s));
    ASSERT_TRUE(passphrase);
    EXPECT_EQ(text_of(std::get<UnlockRequest>(*passphrase).passphrase), "\x7F");
}

TEST_F(message, unknown_fields_are_skipped) {
    using namespace std::string_literals;
    const auto unknown =
        "\xA0\x06\x96\x01"s  // 100: 150
        "\xA1\x06"
        "12345678"s  // 100: 8 bytes
        "\xA5\x06"
        "1234"s  // 100: 4 bytes
        "\xA2\x06\x03"
        "abc"s;  // 100: "abc"
    signer::UnlockRequest unlock;
    test::fill(unlock);
    const auto inner = unknown + unlock.SerializeAsString() + unknown;
    const auto outer = unknown + "\x0A"s + static_cast<char>((inner.size() & 0x7F) | 0x80) +
                       static_cast<char>(inner.size() >> 7) + inner + unknown;
    const auto request = decode_request(view(outer));
    ASSERT_TRUE(request);
    EXPECT_EQ(text_of(std::get<UnlockRequest>(*request).passphrase), unlock.passphrase());
    EXPECT_EQ(std::get<UnlockRequest>(*request).key_ids.size(), 3U);
}

TEST_F(message, unknown_alternative_is_monostate) {
    using namespace std::string_literals;
    for (const auto& bytes : {""s, "\x62\x02\x08\x01"s /* 12 */,
                              "\xA2\x06\x03"
                              "abc"s /* 100 */}) {
        const auto request = decode_request(view(bytes));
        ASSERT_TRUE(request);
        EXPECT_TRUE(std::holds_alternative<std::monostate>(*request));
    }
    EXPECT_TRUE(std::holds_alternative<std::monostate>(decode_response(view("\x52\x00"s)).value()));  // 10
}

TEST_F(message, last_of_two_alternatives_is_used) {
    test::for_each_alternative<signer::Request>([&](const signer::Request& first, const std::string& name) {
        signer::Request last;
        test::fill(*last.mutable_set_level());
        const auto both = decode_request(view(first.SerializeAsString() + last.SerializeAsString()));
        ASSERT_TRUE(both) << name;
        EXPECT_TRUE(MessageDifferencer::Equals(parsed<signer::Request>(encode(*both)), last)) << name;
    });
}

}  // namespace
}  // namespace revenant
