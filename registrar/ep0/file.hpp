#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "common/core/fd.hpp"

namespace revenant::registrar {

/// System calls on ep0; tests substitute them. They return a size or a negative errno.
class Ep0File {
public:
    Ep0File() = default;
    Ep0File(const Ep0File&) = delete;
    Ep0File& operator=(const Ep0File&) = delete;
    virtual ~Ep0File() = default;

    virtual ssize_t read(std::span<std::uint8_t> into) = 0;
    /// Blocks indefinitely if the host has abandoned the SETUP that this answers; a signal ends it (-EINTR).
    virtual ssize_t write(std::span<const std::uint8_t> bytes) = 0;
    /// Waits until an event arrives, `stop` is readable, or `limit` expires.
    virtual void wait(int stop, std::chrono::milliseconds limit) = 0;
};

/// The ep0 of a mounted FunctionFS, opened with O_NONBLOCK.
class FunctionFsEp0 : public Ep0File {
public:
    explicit FunctionFsEp0(UniqueFd file) : file_{std::move(file)} {}
    ssize_t read(std::span<std::uint8_t> into) override;
    ssize_t write(std::span<const std::uint8_t> bytes) override;
    void wait(int stop, std::chrono::milliseconds limit) override;

private:
    UniqueFd file_;
};

}  // namespace revenant::registrar
