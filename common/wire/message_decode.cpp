#include <cstring>
#include <type_traits>

#include <pb_decode.h>

#include "common/wire/message.hpp"
#include "nanopb/signer.pb.h"

namespace revenant {
namespace {

constexpr std::size_t max_text_size = 4096;    // of one string: log line, error, Base58 proof
constexpr std::size_t max_repeated = 100'000;  // lines of a log; the frame limit applies first
constexpr std::size_t max_id_size = 256;       // of one key id as sent; the device trims and validates it

/// Returns the number that nanopb stored in an enum field. It may be out of range, so that reading it as the enum is
/// undefined behaviour.
template <typename Enum>
std::underlying_type_t<Enum> number_in(const Enum& field) {
    std::underlying_type_t<Enum> number;
    std::memcpy(&number, &field, sizeof number);
    return number;
}

bool read_text_up_to(std::size_t limit, pb_istream_t* in, std::string& into) {
    if (in->bytes_left > limit)
        return false;
    into.resize(in->bytes_left);
    return pb_read(in, reinterpret_cast<pb_byte_t*>(into.data()), into.size());
}

bool read_text(pb_istream_t* in, const pb_field_t* /*field*/, void** into) {
    return read_text_up_to(max_text_size, in, *static_cast<std::string*>(*into));
}

template <std::size_t limit, std::size_t most>
bool read_texts(pb_istream_t* in, const pb_field_t* /*field*/, void** into) {
    auto& texts = *static_cast<std::vector<std::string>*>(*into);
    return texts.size() < most && read_text_up_to(limit, in, texts.emplace_back());
}

bool read_bytes(pb_istream_t* in, const pb_field_t* /*field*/, void** into) {
    auto& bytes = *static_cast<Bytes*>(*into);
    bytes.resize(in->bytes_left);
    return pb_read(in, bytes.data(), bytes.size());
}

bool read_secret(pb_istream_t* in, const pb_field_t* /*field*/, void** into) {
    if (in->bytes_left > max_passphrase_size)
        return false;
    if (in->bytes_left == 0)
        return true;
    bool complete = false;
    *static_cast<Secret*>(*into) = Secret{
        in->bytes_left, [&](std::span<std::uint8_t> plain) { complete = pb_read(in, plain.data(), plain.size()); }};
    return complete;
}

void into(pb_callback_t& field, std::string& text) {
    field = {{&read_text}, &text};
}
void into(pb_callback_t& field, Bytes& bytes) {
    field = {{&read_bytes}, &bytes};
}
void into(pb_callback_t& field, Secret& secret) {
    field = {{&read_secret}, &secret};
}
void ids_into(pb_callback_t& field, std::vector<std::string>& ids) {
    field = {{&read_texts<max_id_size, max_key_ids>}, &ids};
}

/// Decodes one element of a repeated message field: `bind` connects its strings, `finish` copies its plain fields.
template <typename Raw, typename Item>
struct Element;

template <typename Raw, typename Item>
bool read_element(pb_istream_t* in, const pb_field_t* /*field*/, void** into_items) {
    auto& items = *static_cast<std::vector<Item>*>(*into_items);
    if (items.size() >= max_repeated)
        return false;
    Raw raw{};
    auto& item = items.emplace_back();
    Element<Raw, Item>::bind(raw, item);
    if (!pb_decode(in, Element<Raw, Item>::fields(), &raw))
        return false;
    Element<Raw, Item>::finish(raw, item);
    return true;
}

template <typename Raw, typename Item>
void elements_into(pb_callback_t& field, std::vector<Item>& items) {
    field = {{&read_element<Raw, Item>}, &items};
}

template <>
struct Element<signer_PerKeyResult, KeyResult> {
    static const pb_msgdesc_t* fields() { return signer_PerKeyResult_fields; }
    static void bind(signer_PerKeyResult& raw, KeyResult& item) {
        into(raw.key_id, item.key_id);
        into(raw.error, item.error);
    }
    static void finish(const signer_PerKeyResult& raw, KeyResult& item) { item.ok = raw.ok; }
};

template <>
struct Element<signer_NewKeyPerKeyResult, NewKeyResult> {
    static const pb_msgdesc_t* fields() { return signer_NewKeyPerKeyResult_fields; }
    static void bind(signer_NewKeyPerKeyResult& raw, NewKeyResult& item) {
        into(raw.key_id, item.key_id);
        into(raw.bl_pubkey, item.public_key);
        into(raw.tz4, item.address);
        into(raw.error, item.error);
    }
    static void finish(const signer_NewKeyPerKeyResult& raw, NewKeyResult& item) { item.ok = raw.ok; }
};

template <typename Raw, typename Item>
void copy_last_signed(const Raw& raw, Item& item) {
    item.block = {raw.last_block_level, raw.last_block_round};
    item.preattestation = {raw.last_preattestation_level, raw.last_preattestation_round};
    item.attestation = {raw.last_attestation_level, raw.last_attestation_round};
}

template <>
struct Element<signer_ChainStatus, ChainStatus> {
    static const pb_msgdesc_t* fields() { return signer_ChainStatus_fields; }
    static void bind(signer_ChainStatus& raw, ChainStatus& item) { into(raw.chain_id, item.chain_id); }
    static void finish(const signer_ChainStatus& raw, ChainStatus& item) {
        copy_last_signed(raw, item);
        item.degraded = raw.degraded;
        item.reserve = raw.reserve;
        item.refused_until = raw.refused_until;
        item.reserve_failed = raw.reserve_failed;
    }
};

template <>
struct Element<signer_KeyStatus, KeyStatus> {
    static const pb_msgdesc_t* fields() { return signer_KeyStatus_fields; }
    static void bind(signer_KeyStatus& raw, KeyStatus& item) {
        into(raw.key_id, item.key_id);
        into(raw.tz4, item.address);
        into(raw.bl_pubkey, item.public_key);
        into(raw.pop, item.proof);
        elements_into<signer_ChainStatus>(raw.chains, item.chains);
    }
    static void finish(const signer_KeyStatus& raw, KeyStatus& item) {
        copy_last_signed(raw, item);
        const auto state = number_in(raw.lock_state);
        item.lock_state = state == signer_LockState_LOCKED     ? LockState::locked
                          : state == signer_LockState_UNLOCKED ? LockState::unlocked
                                                               : LockState::unspecified;
        item.state_corrupted = raw.state_corrupted;
    }
};

/// Called by nanopb after reading the oneof's tag: selects that alternative and connects its fields.
bool bind_request(pb_istream_t* /*in*/, const pb_field_t* field, void** request) {
    auto& into_request = *static_cast<Request*>(*request);
    void* raw = field->pData;
    switch (field->tag) {
        case signer_Request_unlock_tag: {
            auto& item = into_request.emplace<UnlockRequest>();
            auto& fields = *static_cast<signer_UnlockRequest*>(raw);
            ids_into(fields.key_ids, item.key_ids);
            into(fields.passphrase, item.passphrase);
            return true;
        }
        case signer_Request_lock_tag:
            ids_into(static_cast<signer_LockRequest*>(raw)->key_ids, into_request.emplace<LockRequest>().key_ids);
            return true;
        case signer_Request_status_tag:
            into_request.emplace<StatusRequest>();
            return true;
        case signer_Request_sign_tag: {
            auto& item = into_request.emplace<SignRequest>();
            auto& fields = *static_cast<signer_SignRequest*>(raw);
            into(fields.tz4, item.address);
            into(fields.message, item.message);
            return true;
        }
        case signer_Request_new_keys_tag: {
            auto& item = into_request.emplace<NewKeysRequest>();
            auto& fields = *static_cast<signer_NewKeysRequest*>(raw);
            ids_into(fields.key_ids, item.key_ids);
            into(fields.passphrase, item.passphrase);
            return true;
        }
        case signer_Request_logs_tag:
            into_request.emplace<LogsRequest>();
            return true;
        case signer_Request_init_master_tag:
            into(static_cast<signer_InitMasterRequest*>(raw)->passphrase,
                 into_request.emplace<InitMasterRequest>().passphrase);
            return true;
        case signer_Request_init_info_tag:
            into_request.emplace<InitInfoRequest>();
            return true;
        case signer_Request_set_level_tag: {
            auto& item = into_request.emplace<SetLevelRequest>();
            auto& fields = *static_cast<signer_SetLevelRequest*>(raw);
            into(fields.key_id, item.key_id);
            into(fields.passphrase, item.passphrase);
            into(fields.chain_id, item.chain_id);
            return true;
        }
        case signer_Request_delete_keys_tag: {
            auto& item = into_request.emplace<DeleteKeysRequest>();
            auto& fields = *static_cast<signer_DeleteKeysRequest*>(raw);
            ids_into(fields.key_ids, item.key_ids);
            into(fields.passphrase, item.passphrase);
            return true;
        }
        case signer_Request_version_tag:
            into_request.emplace<VersionRequest>();
            return true;
        default:
            return true;
    }
}

/// Copies fields without a callback, which are in the raw union after decoding.
bool copy_plain_fields(const signer_Request& raw, Request& request) {
    if (auto* new_keys = std::get_if<NewKeysRequest>(&request)) {
        const auto kind = number_in(raw.payload.new_keys.kind);
        if (kind != signer_KeyKind_TZ4 && kind != signer_KeyKind_TZ1)
            return false;
        new_keys->kind = kind == signer_KeyKind_TZ1 ? KeyKind::tz1 : KeyKind::tz4;
    } else if (auto* logs = std::get_if<LogsRequest>(&request)) {
        logs->limit = raw.payload.logs.limit;
    } else if (auto* init = std::get_if<InitMasterRequest>(&request)) {
        init->deterministic = raw.payload.init_master.deterministic;
    } else if (auto* set_level = std::get_if<SetLevelRequest>(&request)) {
        set_level->level = raw.payload.set_level.level;
    }
    return true;
}

bool bind_response(pb_istream_t* /*in*/, const pb_field_t* field, void** response) {
    auto& into_response = *static_cast<Response*>(*response);
    void* raw = field->pData;
    switch (field->tag) {
        case signer_Response_unlock_tag:
            elements_into<signer_PerKeyResult>(static_cast<signer_UnlockResponse*>(raw)->results,
                                               into_response.emplace<UnlockResponse>().results);
            return true;
        case signer_Response_lock_tag:
            elements_into<signer_PerKeyResult>(static_cast<signer_LockResponse*>(raw)->results,
                                               into_response.emplace<LockResponse>().results);
            return true;
        case signer_Response_status_tag:
            elements_into<signer_KeyStatus>(static_cast<signer_StatusResponse*>(raw)->keys,
                                            into_response.emplace<StatusResponse>().keys);
            return true;
        case signer_Response_sign_tag:
            into(static_cast<signer_SignResponse*>(raw)->signature, into_response.emplace<SignResponse>().signature);
            return true;
        case signer_Response_new_key_tag:
            elements_into<signer_NewKeyPerKeyResult>(static_cast<signer_NewKeysResponse*>(raw)->results,
                                                     into_response.emplace<NewKeysResponse>().results);
            return true;
        case signer_Response_logs_tag:
            static_cast<signer_LogsResponse*>(raw)->lines = {{&read_texts<max_text_size, max_repeated>},
                                                             &into_response.emplace<LogsResponse>().lines};
            return true;
        case signer_Response_init_info_tag:
            into_response.emplace<InitInfoResponse>();
            return true;
        case signer_Response_delete_keys_tag:
            elements_into<signer_PerKeyResult>(static_cast<signer_DeleteKeysResponse*>(raw)->results,
                                               into_response.emplace<DeleteKeysResponse>().results);
            return true;
        case signer_Response_version_tag: {
            auto& item = into_response.emplace<VersionResponse>();
            auto& fields = *static_cast<signer_VersionResponse*>(raw);
            into(fields.version, item.version);
            into(fields.build_date, item.build_date);
            return true;
        }
        case signer_Response_ok_tag:
            into_response.emplace<OkResponse>();
            return true;
        case signer_Response_error_tag:
            into(static_cast<signer_ErrorResponse*>(raw)->message, into_response.emplace<ErrorResponse>().message);
            return true;
        default:
            return true;
    }
}

bool copy_plain_fields(const signer_Response& raw, Response& response) {
    if (auto* info = std::get_if<InitInfoResponse>(&response)) {
        info->master_present = raw.payload.init_info.master_present;
        info->deterministic = raw.payload.init_info.deterministic_enabled;
    } else if (auto* ok = std::get_if<OkResponse>(&response)) {
        ok->ok = raw.payload.ok.ok;
    } else if (auto* error = std::get_if<ErrorResponse>(&response)) {
        error->code = static_cast<ErrorCode>(raw.payload.error.code);
    }
    return true;
}

template <typename Message, typename Raw>
std::optional<Message> decode(ByteView payload, Raw raw, const pb_msgdesc_t* fields,
                              bool (*bind)(pb_istream_t*, const pb_field_t*, void**)) {
    Message message;
    raw.cb_payload = {{bind}, &message};
    auto in = pb_istream_from_buffer(payload.data(), payload.size());
    if (!pb_decode(&in, fields, &raw) || !copy_plain_fields(raw, message))
        return std::nullopt;
    return message;
}

}  // namespace

std::optional<Request> decode_request(ByteView payload) {
    return decode<Request>(payload, signer_Request{}, signer_Request_fields, &bind_request);
}

std::optional<Response> decode_response(ByteView payload) {
    return decode<Response>(payload, signer_Response{}, signer_Response_fields, &bind_response);
}

}  // namespace revenant
