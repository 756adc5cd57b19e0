#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "common/core/log_throttle.hpp"
#include "common/http/status.hpp"
#include "common/tezos/payload.hpp"
#include "host/octez/signer_request.hpp"

namespace spdlog {
class logger;
}

namespace revenant::host::serve {

/// Where decisions are written down, and how much of them is kept.
struct AuditSettings {
    std::filesystem::path file{};  ///< empty: nowhere
    std::size_t size = 10;         ///< of a file, in MiB
    std::size_t files = 10;        ///< with the one that is written
};

/// What became of a request for a signature.
struct Decision {
    std::string client{};         ///< where it came from: an address and port, or "unix"
    std::string authenticated{};  ///< the address of the key that the client signed with; empty: none was asked for
    std::string key{};
    ByteView message{};
    std::optional<tezos::Operation> operation{};  ///< empty: the message is not an operation
    std::string device{};                         ///< that signed; empty: none did
    http::Status status = http::Status::ok;
    std::string reason{};   ///< why it was refused; empty: it was signed
    bool admitted = false;  ///< well-formed and authentic: it may reach the device
    std::chrono::steady_clock::duration took{};
};

/// The line of a decision: JSON, without the message itself, whose BLAKE2b-256 it has. `left_out`: refusals without a
/// line before this one.
std::string audit_line(const Decision& decision, std::uint64_t left_out = 0);

/// A file with a line for each decision. When it has its size, audit.jsonl becomes audit.1.jsonl, that one
/// audit.2.jsonl, and so on; the oldest goes. One thread.
class Audit {
public:
    Audit() = default;  // writes nothing
    /// Throws std::runtime_error, a sentence for a person, if the file cannot be written. `failures` counts what could
    /// not be written later.
    Audit(const AuditSettings& settings, std::uint64_t& failures);

    /// Requests that are not admitted have at most 10 lines in 10 s, since anyone can send them; the next line has the
    /// number of those left out.
    void write(const Decision& decision);

private:
    LogThrottle strangers_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace revenant::host::serve
