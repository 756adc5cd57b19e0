#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "common/metrics/histogram.hpp"

/// The status line of `revenant serve`, with its devices and keys. Any field may be missing. The input is untrusted:
/// all sizes are bounded.
namespace revenant::monitor {

struct Mark {
    std::optional<std::int64_t> level{}, round{};
    friend bool operator==(const Mark&, const Mark&) = default;
};

struct KeyState {
    std::string id{}, address{}, lock{};
    std::optional<bool> corrupted{}, conflict{};  ///< conflict: the key is on several devices
    std::optional<bool> reserve_failed{};         ///< the device cannot write the next reserve of its marks
    std::optional<std::uint64_t> signatures{};
    std::string last_signed{};            ///< RFC 3339; empty: never, or unknown
    std::map<std::string, Mark> marks{};  ///< by kind: block, preattestation, attestation
    friend bool operator==(const KeyState&, const KeyState&) = default;
};

struct DeviceState {
    std::string serial{}, state{}, since{};
    std::optional<std::uint64_t> revivals{};
    std::optional<std::vector<KeyState>> keys{};
    friend bool operator==(const DeviceState&, const DeviceState&) = default;
};

struct SignerStatus {
    std::string program{}, version{}, started{}, listening{};
    std::optional<std::uint64_t> pid{}, descriptors{}, threads{}, pss_kib{};
    std::optional<std::vector<DeviceState>> devices{};
    std::optional<std::uint64_t> requests{}, in_flight{}, signatures{}, audit_failures{};
    std::optional<std::map<std::string, std::uint64_t>> refusals{};  ///< by reason
    std::optional<Histogram> latency{};
    friend bool operator==(const SignerStatus&, const SignerStatus&) = default;
};

inline constexpr std::size_t max_line = 256 * 1024;

/// Parses one line; nothing if it is not a JSON object. Ignores fields of a wrong type and items beyond the limits.
std::optional<SignerStatus> read_status(std::string_view line);

/// Serializes with the same field names; omits missing fields.
boost::json::object to_json(const SignerStatus& status);

}  // namespace revenant::monitor
