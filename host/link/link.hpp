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

/// The result of the readiness probe of an interface.
enum class Readiness : std::uint8_t {
    ready,      ///< a gadget is alive: the interface may be claimed
    not_ready,  ///< the device is on the cable, but its gadget is not alive (yet)
    silent,     ///< on the cable, but no response within 1 s
    absent,     ///< nothing on the cable
    foreign,    ///< not a signing device of this protocol version
    forbidden,  ///< on the cable, but this user may not open it
    several,    ///< several devices match the selection
    held,       ///< the probe needs the interface, and another program holds it
};

/// A claimed interface: the byte streams of its two bulk endpoints. The destructor releases it. At most one read and
/// one write at a time. Single-threaded.
class Pipe {
public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    virtual ~Pipe() = default;

    /// Reads at least one byte; returns 0 when the link is lost.
    virtual awaitable<std::size_t> read(std::span<std::uint8_t> into) = 0;
    /// Writes all of `frame`; returns false when the link is lost.
    virtual awaitable<bool> write(ByteView frame) = 0;
};

/// The result of a claim.
struct Claim {
    std::unique_ptr<Pipe> pipe{};  ///< null: the claim failed
    bool held = false;             ///< it failed because another program holds the interface
};

/// One interface of one device, on either bus. A loopback device stays plugged in while its Link exists. One coroutine
/// at a time, on one thread.
class Link {
public:
    Link() = default;
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    virtual ~Link() = default;

    /// Sends the readiness probe, a control request; returns within about 1 s. A device whose control endpoint is gone
    /// is `absent`; a claimed pipe may still work.
    virtual awaitable<Readiness> probe() = 0;
    virtual awaitable<Claim> claim() = 0;
    /// Waits until the system announces a change of the device, or until `at_most` has passed.
    virtual awaitable<void> changed(std::chrono::milliseconds at_most) = 0;
    /// The device's name for messages: its serial or, without one, its USB ids; the run directory of a loopback device.
    [[nodiscard]] virtual std::string serial() const = 0;
};

}  // namespace revenant::host
