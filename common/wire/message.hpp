#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"

/// Requests and responses as values. The wire format is proto3, package `signer` (signer.proto, same names).
namespace revenant {

/// Maximum number of key ids in one request, and of keys on a device.
constexpr std::size_t max_key_ids = 64;
/// Maximum size of a passphrase, in bytes.
constexpr std::size_t max_passphrase_size = 1024;

enum class KeyKind : std::uint8_t { tz4 = 0, tz1 = 1 };

struct UnlockRequest {
    std::vector<std::string> key_ids{};
    Secret passphrase{};
};
struct LockRequest {
    std::vector<std::string> key_ids{};
};
struct StatusRequest {};
struct SignRequest {
    std::string address{};  ///< tz4... or tz1...
    Bytes message{};
};
struct NewKeysRequest {
    std::vector<std::string> key_ids{};  ///< empty: one key with a generated name
    Secret passphrase{};
    KeyKind kind = KeyKind::tz4;
};
struct LogsRequest {
    std::uint32_t limit = 0;  ///< maximum number of lines; 0: 100
};
struct InitMasterRequest {
    bool deterministic = false;
    Secret passphrase{};
};
struct InitInfoRequest {};
struct SetLevelRequest {
    std::string key_id{};
    std::uint64_t level = 0;
    Secret passphrase{};  ///< required if the level exceeds the jump budget or the watermark is lost
    Bytes chain_id{};     ///< 4 bytes, or empty: the key's only chain
};
struct DeleteKeysRequest {
    std::vector<std::string> key_ids{};
    Secret passphrase{};
};
struct VersionRequest {};

/// `std::monostate`: a well-formed Request with a payload unknown to this version.
using Request =
    std::variant<std::monostate, UnlockRequest, LockRequest, StatusRequest, SignRequest, NewKeysRequest, LogsRequest,
                 InitMasterRequest, InitInfoRequest, SetLevelRequest, DeleteKeysRequest, VersionRequest>;

struct KeyResult {
    std::string key_id{};
    bool ok = false;
    std::string error{};
};
struct NewKeyResult {
    std::string key_id{};
    std::string public_key{};  ///< BLpk... or edpk...
    std::string address{};     ///< tz4... or tz1...
    bool ok = false;
    std::string error{};
};
/// Last signed level and round, per kind; zero if nothing was signed.
struct LastSigned {
    std::uint64_t level = 0;
    std::uint32_t round = 0;
};
struct ChainStatus {
    Bytes chain_id{};  ///< 4 bytes
    LastSigned block{}, preattestation{}, attestation{};
    bool degraded = false;
    std::uint64_t reserve = 0;        ///< levels up to this one are signed without a write; 0: none
    std::uint64_t refused_until = 0;  ///< a power cut: nothing up to this level is signed; 0: nothing is refused
    bool reserve_failed = false;      ///< the next reserve could not be written
};
enum class LockState : std::uint8_t { unspecified = 0, locked = 1, unlocked = 2 };
struct KeyStatus {
    std::string key_id{};
    LockState lock_state = LockState::unspecified;
    std::string address{};
    std::string public_key{};
    std::string proof{};                                  ///< proof of possession, Base58; tz4 only
    LastSigned block{}, preattestation{}, attestation{};  ///< the highest of all chains
    bool state_corrupted = false;
    std::vector<ChainStatus> chains{};
};

struct UnlockResponse {
    std::vector<KeyResult> results{};
};
struct LockResponse {
    std::vector<KeyResult> results{};
};
struct StatusResponse {
    std::vector<KeyStatus> keys{};
};
struct SignResponse {
    Bytes signature{};  ///< tz4: 96 bytes, compressed G2; tz1: 64 bytes
};
struct NewKeysResponse {
    std::vector<NewKeyResult> results{};
};
struct LogsResponse {
    std::vector<std::string> lines{};  ///< newest last
};
struct InitInfoResponse {
    bool master_present = false;
    bool deterministic = false;
};
struct DeleteKeysResponse {
    std::vector<KeyResult> results{};
};
struct VersionResponse {
    std::string version{};
    std::string build_date{};  ///< RFC 3339, UTC
};
struct OkResponse {
    bool ok = false;
};

/// Codes of error responses.
enum class ErrorCode : std::uint32_t {
    not_a_request = 1,
    unlock_no_keys = 10,
    unlock_no_passphrase = 11,
    throttled = 12,
    lock_no_keys = 20,
    sign_failed = 30,
    key_not_found = 31,
    key_locked = 32,
    stale_watermark = 33,
    bad_payload = 34,
    logs_off = 50,
    logs_unreadable = 51,
    init_no_passphrase = 60,
    init_failed = 61,
    init_seed_failed = 62,
    init_info_failed = 70,
    set_level_failed = 80,
    delete_no_keys = 90,
    delete_no_passphrase = 91,
    delete_throttled = 92,
    delete_wrong_passphrase = 93,
    belongs_on_management = 98,
    busy = 99,
    unknown_request = 1000,
    belongs_on_sign = 1001,
};
struct ErrorResponse {
    ErrorCode code = ErrorCode::unknown_request;
    std::string message{};
};

using Response =
    std::variant<std::monostate, UnlockResponse, LockResponse, StatusResponse, SignResponse, NewKeysResponse,
                 LogsResponse, InitInfoResponse, DeleteKeysResponse, VersionResponse, OkResponse, ErrorResponse>;

/// Decodes the payload of a request frame. Returns nothing if it is malformed or has too many or too long fields. A
/// passphrase is copied from `payload` directly into guarded memory.
std::optional<Request> decode_request(ByteView payload);
std::optional<Response> decode_response(ByteView payload);
/// The returned buffer holds the passphrase in plain text and is wiped when freed.
Bytes encode(const Request& request);
/// The same into `into`, which must have encoded_size() bytes: for guarded memory.
std::size_t encoded_size(const Request& request);
void encode(const Request& request, std::span<std::uint8_t> into);
Bytes encode(const Response& response);

}  // namespace revenant
