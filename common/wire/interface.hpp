#pragma once

#include <cstddef>
#include <cstdint>

namespace revenant {

/// The device's two interfaces; the values are their USB interface numbers.
enum class Interface : std::uint8_t { sign = 0, management = 1 };
constexpr std::size_t interface_count = 2;

/// "sign" or "management", for messages.
constexpr const char* name(Interface interface) {
    return interface == Interface::sign ? "sign" : "management";
}

}  // namespace revenant
