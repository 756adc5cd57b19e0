#include "gadget/usb/endpoint_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <sys/ioctl.h>

#include "common/core/log.hpp"
#include "gadget/session/pipe.hpp"

namespace revenant::gadget {
namespace {

const char* remedy_of(int number) {
    switch (number) {
        case ENOENT:
            return "start revenant-registrar, or set ffs-dir to the FunctionFS mount point";
        case EACCES:
        case EPERM:
            return "run 'revenant-registrar setup' with --gadget-user set to this user";
        default:
            return "check that FunctionFS is mounted there";
    }
}

}  // namespace

std::pair<error_code, std::size_t> ask_max_packet(int fd) {
    usb_endpoint_descriptor descriptor{};
    if (::ioctl(fd, FUNCTIONFS_ENDPOINT_DESC, &descriptor) < 0)
        return {from_errno(errno), 0};
    return {error_code{},
            le16toh(descriptor.wMaxPacketSize) & 0x7ffU};  // the higher bits are for isochronous endpoints
}

// O_NONBLOCK: without it io_submit itself blocks while the function is disabled.
EndpointFile::EndpointFile(std::filesystem::path path, Direction direction, AskMaxPacket ask)
    : path_{std::move(path)},
      flags_{(direction == Direction::in ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC},
      ask_{std::move(ask)} {}

error_code EndpointFile::prepare() {
    if (!file_)
        if (const auto failed = open())
            return failed;
    if (max_packet_ != 0)
        return {};
    const auto [failed, size] = ask_(file_.get());
    if (failed)
        return failed;
    if (size == 0 || size > gadget::max_packet)
        return from_errno(EPROTO);
    max_packet_ = size;
    return {};
}

error_code EndpointFile::open() {
    file_.reset(::open(path_.c_str(), flags_));
    const int failed = file_ ? 0 : errno;
    if (failed != 0 && failed != told_)
        log::error("cannot open the endpoint file '{}' ({}): {}", path_.string(), from_errno(failed).message(),
                   remedy_of(failed));
    told_ = failed;
    return from_errno(failed);
}

void EndpointFile::close() {
    file_.reset();
    max_packet_ = 0;
}

}  // namespace revenant::gadget
