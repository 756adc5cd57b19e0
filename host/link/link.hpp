#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/async/asio.hpp"
#include "common/core/bytes.hpp"
#include "common/wire/interface.hpp"

namespace revenant::host {

using revenant::Interface;

/// What came of the question "is a gadget alive behind this interface?".
enum class Readiness : std::uint8_t {
    ready,      ///< it is: the interface may be claimed
    not_ready,  ///< the device is on the cable, its gadget is not there (yet)
    silent,     ///< on the cable, but no answer within a second
    absent,     ///< nothing on the cable
    foreign,    ///< something answered that is no signing device of this protocol's version
    forbidden,  ///< on the cable, but this user may not open it
    several,    ///< more than one that could be meant
};

/// A claimed interface: the byte streams of its two bulk endpoints. Released when destroyed. At most one read and one
/// write at a time. One thread.
class Pipe {
public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    virtual ~Pipe() = default;

    /// At least one byte; 0 when the link is lost.
    virtual awaitable<std::size_t> read(std::span<std::uint8_t> into) = 0;
    /// Writes all of `frame`; false when the link is lost.
    virtual awaitable<bool> write(ByteView frame) = 0;
};

/// What came of a claim.
struct Claim {
    std::unique_ptr<Pipe> pipe{};  ///< nothing: not now
    bool held = false;             ///< since another program holds the interface
};

/// One interface of one device, whatever the bus. Holding it keeps the cable plugged where that is ours to say. One
/// coroutine at a time, on one thread.
class Link {
public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    /// The readiness probe, a control request; answers within about a second. A device whose control endpoint went away
    /// is `absent`; a claimed pipe may go on working all the same.
    virtual awaitable<Readiness> probe() = 0;
    virtual awaitable<Claim> claim() = 0;
    /// Waits until something about the device changed, as far as the system tells, and `at_most` that long.
    virtual awaitable<void> changed(std::chrono::milliseconds at_most) = 0;
    /// The device as a person knows it: its serial, or the directory of a loopback one. Without a serial, its USB ids.
    [[nodiscard]] virtual std::string serial() const = 0;
};

}  // namespace revenant::host
