#pragma once

#include <filesystem>
#include <optional>

#include "monitor/checks/probe.hpp"
#include "monitor/signer/status.hpp"

namespace revenant::monitor {

/// "the directory '/run/x' does not exist" if that is why the socket is missing; else empty. Reads the file system.
std::string missing_directory(const std::filesystem::path& socket);

/// Checks that a unix socket accepts a connection.
class UnixProbe : public Probe {
public:
    explicit UnixProbe(std::filesystem::path socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const char* name() const override { return "unix"; }
    awaitable<Answer> ask(Moment deadline) override;

private:
    std::filesystem::path socket_;
};

/// Checks that a status socket of the suite sends a line of JSON.
class StatusProbe : public Probe {
public:
    explicit StatusProbe(std::filesystem::path socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const char* name() const override { return "status"; }
    awaitable<Answer> ask(Moment deadline) override;

    /// The status from the last response; empty if it was not valid.
    [[nodiscard]] const std::optional<SignerStatus>& status() const { return status_; }
    /// Bytes of the last response.
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    std::filesystem::path socket_;
    std::optional<SignerStatus> status_;
    std::size_t size_ = 0;
};

}  // namespace revenant::monitor
