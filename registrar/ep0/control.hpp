#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace revenant::registrar {

/// The 8 bytes of a SETUP packet in wire order (USB 2.0, 9.3): bmRequestType, bRequest, then wValue, wIndex and wLength
/// in little endian.
using Setup = std::array<std::uint8_t, 8>;

/// Data stage of a control transfer to the host, at most 8 bytes.
class ControlData {
public:
    ControlData(const std::array<std::uint8_t, 8>& bytes, std::size_t size) : bytes_{bytes}, size_{size} {}
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return std::span{bytes_}.first(size_); }

private:
    std::array<std::uint8_t, 8> bytes_;
    std::size_t size_;
};

/// Returns the endpoint 0 response. A readiness probe of interface 0 or 1 gets "TZSG", version 1 (u16 little endian),
/// `ready`, 0, truncated to wLength. Every other request gets nothing, that is: a stall. A probe is bRequest 0x5A,
/// wValue 0, device to host, recipient interface, type standard (0x81, sent by existing companions) or vendor (0xC1).
std::optional<ControlData> answer(const Setup& setup, bool ready);

}  // namespace revenant::registrar
