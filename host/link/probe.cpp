#include "host/link/probe.hpp"

#include <algorithm>
#include <string_view>

namespace revenant::host {
namespace {

constexpr std::uint8_t readiness_request = 0x5A;
constexpr std::uint8_t protocol_version = 1;

}  // namespace

std::array<std::uint8_t, 8> readiness_setup(std::uint8_t interface, ProbeRequest request) {
    return {static_cast<std::uint8_t>(request), readiness_request, 0, 0, interface, 0, readiness_reply_size, 0};
}

Readiness understand(ByteView reply) {
    const std::string_view magic{"TZSG"};
    if (reply.size() < 7 || !std::equal(magic.begin(), magic.end(), reply.begin()) || reply[4] != protocol_version ||
        reply[5] != 0)
        return Readiness::foreign;
    return reply[6] == 1 ? Readiness::ready : Readiness::not_ready;
}

}  // namespace revenant::host
