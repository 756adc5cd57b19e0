#pragma once

#include <filesystem>
#include <optional>

#include "monitor/checks/probe.hpp"
#include "monitor/signer/status.hpp"

namespace revenant::monitor {

/// A unix socket: that it accepts is the answer.
class UnixProbe : public Probe {
public:
    explicit UnixProbe(std::filesystem::path socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const char* name() const override { return "unix"; }
    awaitable<Answer> ask(Moment deadline) override;

private:
    std::filesystem::path socket_;
};

/// A status socket of the suite: it must send a line of JSON.
class StatusProbe : public Probe {
public:
    explicit StatusProbe(std::filesystem::path socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const char* name() const override { return "status"; }
    awaitable<Answer> ask(Moment deadline) override;

    /// What the last answer was.
    [[nodiscard]] const std::optional<SignerStatus>& status() const { return status_; }

private:
    std::filesystem::path socket_;
    std::optional<SignerStatus> status_;
};

}  // namespace revenant::monitor
