#include <stdexcept>

#include <pb_encode.h>

#include "common/wire/message.hpp"
#include "nanopb/signer.pb.h"

namespace revenant {
namespace {

/// proto3 omits empty fields.
bool write_string(pb_ostream_t* out, const pb_field_t* field, const std::uint8_t* bytes, std::size_t size) {
    return size == 0 || (pb_encode_tag_for_field(out, field) && pb_encode_string(out, bytes, size));
}

bool write_text(pb_ostream_t* out, const pb_field_t* field, void* const* from) {
    const auto& text = *static_cast<const std::string*>(*from);
    return write_string(out, field, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

bool write_texts(pb_ostream_t* out, const pb_field_t* field, void* const* from) {
    for (const auto& text : *static_cast<const std::vector<std::string>*>(*from))
        if (!pb_encode_tag_for_field(out, field) ||
            !pb_encode_string(out, reinterpret_cast<const pb_byte_t*>(text.data()), text.size()))
            return false;
    return true;
}

bool write_bytes(pb_ostream_t* out, const pb_field_t* field, void* const* from) {
    const auto& bytes = *static_cast<const Bytes*>(*from);
    return write_string(out, field, bytes.data(), bytes.size());
}

bool write_secret(pb_ostream_t* out, const pb_field_t* field, void* const* from) {
    const Secret::Reader plain{*static_cast<const Secret*>(*from)};
    return write_string(out, field, plain.bytes().data(), plain.bytes().size());
}

/// nanopb requires a void*; the callbacks above only read through it.
template <typename Value>
pb_callback_t from(const Value& value, bool (*write)(pb_ostream_t*, const pb_field_t*, void* const*)) {
    pb_callback_t field{};
    field.funcs.encode = write;
    field.arg = const_cast<Value*>(&value);
    return field;
}
pb_callback_t from(const std::string& text) {
    return from(text, &write_text);
}
pb_callback_t from(const std::vector<std::string>& texts) {
    return from(texts, &write_texts);
}
pb_callback_t from(const Bytes& bytes) {
    return from(bytes, &write_bytes);
}
pb_callback_t from(const Secret& secret) {
    return from(secret, &write_secret);
}

signer_PerKeyResult raw(const KeyResult& result) {
    return {from(result.key_id), result.ok, from(result.error)};
}
signer_NewKeyPerKeyResult raw(const NewKeyResult& result) {
    return {from(result.key_id), from(result.public_key), from(result.address), result.ok, from(result.error)};
}
signer_ChainStatus raw(const ChainStatus& chain) {
    return {from(chain.chain_id), chain.block.level,          chain.preattestation.level, chain.attestation.level,
            chain.block.round,    chain.preattestation.round, chain.attestation.round,    chain.degraded,
            chain.reserve,        chain.refused_until,        chain.reserve_failed};
}

const pb_msgdesc_t* fields_of(const signer_PerKeyResult& /*type*/) {
    return signer_PerKeyResult_fields;
}
const pb_msgdesc_t* fields_of(const signer_NewKeyPerKeyResult& /*type*/) {
    return signer_NewKeyPerKeyResult_fields;
}
const pb_msgdesc_t* fields_of(const signer_ChainStatus& /*type*/) {
    return signer_ChainStatus_fields;
}
const pb_msgdesc_t* fields_of(const signer_KeyStatus& /*type*/) {
    return signer_KeyStatus_fields;
}

template <typename Item>
pb_callback_t from_each(const std::vector<Item>& items);

signer_KeyStatus raw(const KeyStatus& key) {
    signer_KeyStatus status = signer_KeyStatus_init_zero;
    status.key_id = from(key.key_id);
    status.lock_state = static_cast<signer_LockState>(key.lock_state);
    status.tz4 = from(key.address);
    status.bl_pubkey = from(key.public_key);
    status.pop = from(key.proof);
    status.last_block_level = key.block.level;
    status.last_block_round = key.block.round;
    status.last_preattestation_level = key.preattestation.level;
    status.last_preattestation_round = key.preattestation.round;
    status.last_attestation_level = key.attestation.level;
    status.last_attestation_round = key.attestation.round;
    status.state_corrupted = key.state_corrupted;
    status.chains = from_each(key.chains);
    return status;
}

template <typename Item>
pb_callback_t from_each(const std::vector<Item>& items) {
    return from(items, [](pb_ostream_t* out, const pb_field_t* field, void* const* each) {
        for (const auto& item : *static_cast<const std::vector<Item>*>(*each)) {
            const auto element = raw(item);
            if (!pb_encode_tag_for_field(out, field) || !pb_encode_submessage(out, fields_of(element), &element))
                return false;
        }
        return true;
    });
}

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

signer_Request raw(const Request& request) {
    signer_Request out = signer_Request_init_zero;
    const auto set = [&out](pb_size_t tag) { out.which_payload = tag; };
    auto& to = out.payload;
    std::visit(Overloaded{
                   [](std::monostate) {},
                   [&](const UnlockRequest& r) {
                       set(signer_Request_unlock_tag), to.unlock = {from(r.key_ids), from(r.passphrase)};
                   },
                   [&](const LockRequest& r) { set(signer_Request_lock_tag), to.lock = {from(r.key_ids)}; },
                   [&](const StatusRequest&) { set(signer_Request_status_tag); },
                   [&](const SignRequest& r) {
                       set(signer_Request_sign_tag), to.sign = {from(r.address), from(r.message)};
                   },
                   [&](const NewKeysRequest& r) {
                       set(signer_Request_new_keys_tag);
                       to.new_keys = {from(r.key_ids), from(r.passphrase), static_cast<signer_KeyKind>(r.kind)};
                   },
                   [&](const LogsRequest& r) { set(signer_Request_logs_tag), to.logs = {r.limit}; },
                   [&](const InitMasterRequest& r) {
                       set(signer_Request_init_master_tag), to.init_master = {r.deterministic, from(r.passphrase)};
                   },
                   [&](const InitInfoRequest&) { set(signer_Request_init_info_tag); },
                   [&](const SetLevelRequest& r) {
                       set(signer_Request_set_level_tag);
                       to.set_level = {from(r.key_id), r.level, from(r.passphrase), from(r.chain_id)};
                   },
                   [&](const DeleteKeysRequest& r) {
                       set(signer_Request_delete_keys_tag), to.delete_keys = {from(r.key_ids), from(r.passphrase)};
                   },
                   [&](const VersionRequest&) { set(signer_Request_version_tag); },
               },
               request);
    return out;
}

signer_Response raw(const Response& response) {
    signer_Response out = signer_Response_init_zero;
    const auto set = [&out](pb_size_t tag) { out.which_payload = tag; };
    auto& to = out.payload;
    std::visit(
        Overloaded{
            [](std::monostate) {},
            [&](const UnlockResponse& r) { set(signer_Response_unlock_tag), to.unlock = {from_each(r.results)}; },
            [&](const LockResponse& r) { set(signer_Response_lock_tag), to.lock = {from_each(r.results)}; },
            [&](const StatusResponse& r) { set(signer_Response_status_tag), to.status = {from_each(r.keys)}; },
            [&](const SignResponse& r) { set(signer_Response_sign_tag), to.sign = {from(r.signature)}; },
            [&](const NewKeysResponse& r) { set(signer_Response_new_key_tag), to.new_key = {from_each(r.results)}; },
            [&](const LogsResponse& r) { set(signer_Response_logs_tag), to.logs = {from(r.lines)}; },
            [&](const InitInfoResponse& r) {
                set(signer_Response_init_info_tag), to.init_info = {r.master_present, r.deterministic};
            },
            [&](const DeleteKeysResponse& r) {
                set(signer_Response_delete_keys_tag), to.delete_keys = {from_each(r.results)};
            },
            [&](const VersionResponse& r) {
                set(signer_Response_version_tag), to.version = {from(r.version), from(r.build_date)};
            },
            [&](const OkResponse& r) { set(signer_Response_ok_tag), to.ok = {r.ok}; },
            [&](const ErrorResponse& r) {
                set(signer_Response_error_tag);
                to.error = {static_cast<std::uint32_t>(r.code), from(r.message)};
            },
        },
        response);
    return out;
}

template <typename Raw>
std::size_t size_of(const Raw& message, const pb_msgdesc_t* fields) {
    std::size_t size = 0;
    if (!pb_get_encoded_size(&size, fields, &message))
        throw std::logic_error{"cannot compute the encoded size of a message"};
    return size;
}

template <typename Raw>
void encode_into(std::span<std::uint8_t> bytes, const Raw& message, const pb_msgdesc_t* fields) {
    auto out = pb_ostream_from_buffer(bytes.data(), bytes.size());
    if (!pb_encode(&out, fields, &message))
        throw std::logic_error{"cannot encode a message"};
}

template <typename Raw>
Bytes encoded(const Raw& message, const pb_msgdesc_t* fields) {
    Bytes bytes(size_of(message, fields));
    encode_into(bytes, message, fields);
    return bytes;
}

}  // namespace

Bytes encode(const Request& request) {
    return encoded(raw(request), signer_Request_fields);
}

std::size_t encoded_size(const Request& request) {
    return size_of(raw(request), signer_Request_fields);
}

void encode(const Request& request, std::span<std::uint8_t> into) {
    encode_into(into, raw(request), signer_Request_fields);
}

Bytes encode(const Response& response) {
    return encoded(raw(response), signer_Response_fields);
}

}  // namespace revenant
