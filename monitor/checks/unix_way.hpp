#pragma once

#include <filesystem>
#include <optional>

#include "monitor/checks/way.hpp"
#include "monitor/signer/status.hpp"

namespace revenant::monitor {

/// A unix socket: that it accepts is the answer.
class UnixWay : public Way {
public:
    explicit UnixWay(std::filesystem::path socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const char* name() const override { return "unix"; }
    awaitable<Answer> ask(Moment deadline) override;

private:
    std::filesystem::path socket_;
};

/// A status socket of the suite: it must send a line of JSON.
class StatusWay : public Way {
public:
    explicit StatusWay(std::filesystem::path socket) : socket_{std::move(socket)} {}

    [[nodiscard]] const char* name() const override { return "status"; }
    awaitable<Answer> ask(Moment deadline) override;

    /// What the last answer was.
    [[nodiscard]] const std::optional<SignerStatus>& status() const { return status_; }

private:
    std::filesystem::path socket_;
    std::optional<SignerStatus> status_;
};

}  // namespace revenant::monitor
