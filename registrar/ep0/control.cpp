#include "registrar/ep0/control.hpp"

#include <algorithm>

namespace revenant::registrar {
namespace {

constexpr std::uint8_t standard_in_interface = 0x81;
constexpr std::uint8_t vendor_in_interface = 0xC1;
constexpr std::uint8_t readiness_probe = 0x5A;
constexpr unsigned interface_count = 2;  // sign, management

unsigned little_endian(const Setup& setup, std::size_t at) {
    return setup[at] | unsigned{setup[at + 1]} << 8U;
}

}  // namespace

std::optional<ControlData> answer(const Setup& setup, bool ready) {
    const auto type = setup[0];
    const auto value = little_endian(setup, 2), index = little_endian(setup, 4), length = little_endian(setup, 6);
    if ((type != standard_in_interface && type != vendor_in_interface) || setup[1] != readiness_probe || value != 0 ||
        index >= interface_count)
        return std::nullopt;
    const std::array<std::uint8_t, 8> data{'T', 'Z', 'S', 'G', 1, 0, std::uint8_t{ready}, 0};
    return ControlData{data, std::min<std::size_t>(length, data.size())};
}

}  // namespace revenant::registrar
