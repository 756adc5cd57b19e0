#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace revenant::registrar {

/// The 8 bytes of a SETUP packet as they are on the wire (USB 2.0, 9.3): bmRequestType, bRequest, and wValue, wIndex,
/// wLength little endian.
using Setup = std::array<std::uint8_t, 8>;

/// Data of a control transfer to the host, at most 8 bytes.
class ControlData {
public:
    ControlData(const std::array<std::uint8_t, 8>& bytes, std::size_t size) : bytes_{bytes}, size_{size} {}
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return std::span{bytes_}.first(size_); }

private:
    std::array<std::uint8_t, 8> bytes_;
    std::size_t size_;
};

/// What endpoint 0 answers: to the readiness probe of interface 0 or 1 "TZSG", version 1 (u16 little endian), `ready`,
/// 0, cut to wLength; nothing, a stall, to everything else. A probe is bRequest 0x5A, wValue 0, from the device, to an
/// interface, standard (0x81, what existing companions send) or vendor (0xC1).
std::optional<ControlData> answer(const Setup& setup, bool ready);

}  // namespace revenant::registrar
