#include "test/vm/bare_function.hpp"

#include <fcntl.h>
#include <fmt/format.h>

namespace revenant::test {
namespace {

constexpr milliseconds transfer_limit{10'000};

SuiteSettings nobody_yet() {
    SuiteSettings settings;
    settings.bus = Bus::usb;
    settings.start = false;
    return settings;
}

std::string endpoint_file(Interface interface, bool in) {
    return fmt::format("/run/revenant-ffs/ep{}", 2 * static_cast<unsigned>(interface) + (in ? 1 : 2));
}

EndpointFile opened(Interface interface, bool in) {
    EndpointFile file{endpoint_file(interface, in), in ? EndpointFile::Direction::in : EndpointFile::Direction::out,
                      ask_max_packet};
    if (const auto failed = file.prepare())
        throw boost::system::system_error{failed, file.path().string()};
    return file;
}

}  // namespace

BareFunction::BareFunction() : suite_{nobody_yet()} {
    suite_.start("registrar");
    Cable::wait_for_device();
    suite_.wait_status("registrar", [](const auto& status) { return status.at("state").as_string() == "enabled"; });
}

EndpointFile BareFunction::in(Interface interface) {
    return opened(interface, true);
}

EndpointFile BareFunction::out(Interface interface) {
    return opened(interface, false);
}

UniqueFd BareFunction::blocking_in(Interface interface) {
    return open_file(endpoint_file(interface, true), O_WRONLY | O_CLOEXEC);
}

UniqueFd BareFunction::blocking_out(Interface interface) {
    return open_file(endpoint_file(interface, false), O_RDONLY | O_CLOEXEC);
}

BareHost::BareHost(Interface interface)
    : in_{DeviceNode::endpoint(interface, true)}, out_{DeviceNode::endpoint(interface, false)} {
    node_.claim(interface);
}

void BareHost::write(ByteView bytes) const {
    std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
    const int size = node_.bulk(out_, data, transfer_limit);
    if (size != static_cast<int>(bytes.size()))
        throw std::system_error{size < 0 ? -size : EIO, std::system_category(), "the host's write"};
}

Bytes BareHost::read(std::size_t room) const {
    std::vector<std::uint8_t> data(room);
    const int size = node_.bulk(in_, data, transfer_limit);
    if (size < 0)
        throw std::system_error{-size, std::system_category(), "the host's read"};
    return {data.begin(), data.begin() + size};
}

}  // namespace revenant::test
