#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

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
    unsigned status = 200;
    std::string reason{};  ///< why it was refused; empty: it was signed
    std::chrono::steady_clock::duration took{};
};

/// The line of a decision: JSON, without the message itself, whose BLAKE2b-256 it has.
std::string audit_line(const Decision& decision);

/// A file with a line for each decision. When it has its size, audit.jsonl becomes audit.1.jsonl, that one
/// audit.2.jsonl, and so on; the oldest goes. One thread.
class Audit {
public:
    Audit() = default;  // writes nothing
    /// Throws std::runtime_error, a sentence for a person, if the file cannot be written. `failures` counts what could
    /// not be written later.
    Audit(const AuditSettings& settings, std::uint64_t& failures);

    void write(const Decision& decision);

private:
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace revenant::host::serve
