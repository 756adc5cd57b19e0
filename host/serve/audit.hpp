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

/// The audit log: where it is, and how much of it is kept.
struct AuditSettings {
    std::filesystem::path file{};  ///< empty: no audit log
    std::size_t size = 10;         ///< maximum size of a file in MiB
    std::size_t files = 10;        ///< number of files, including the current one
};

/// The outcome of a request for a signature.
struct Decision {
    std::string client{};         ///< http::Request::client
    std::string authenticated{};  ///< the address of the client's key; empty: no authentication
    std::string key{};
    ByteView message{};
    std::optional<tezos::Operation> operation{};  ///< empty: the message is not an operation
    std::string device{};                         ///< the serial number of the device that signed; empty: none
    http::Status status = http::Status::ok;
    std::string reason{};   ///< why it was refused; empty: it was signed
    bool admitted = false;  ///< well-formed and authentic: it may reach the device
    Clock::duration took{};
};

/// The line of a decision: JSON, without the message itself, whose BLAKE2b-256 it has. `left_out`: refusals without a
/// line before this one.
std::string audit_line(const Decision& decision, std::uint64_t left_out = 0);

/// A file with a line for each decision. At its maximum size audit.jsonl is renamed to audit.1.jsonl, that one to
/// audit.2.jsonl, and so on; the oldest is removed. One thread.
class Audit {
public:
    Audit() = default;  // writes nothing
    /// Throws std::runtime_error with a message for the operator if the file cannot be written. `failures` counts later
    /// failed writes.
    Audit(const AuditSettings& settings, std::uint64_t& failures);

    /// Requests that are not admitted have at most 10 lines in 10 s, since anyone can send them; the next line has the
    /// number of those left out.
    void write(const Decision& decision);

private:
    LogThrottle strangers_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace revenant::host::serve
