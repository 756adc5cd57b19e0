#include "registrar/ep0/file.hpp"

#include <array>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace revenant::registrar {

ssize_t FunctionFsEp0::read(std::span<std::uint8_t> into) {
    const auto size = ::read(file_.get(), into.data(), into.size());
    return size < 0 ? -errno : size;
}

ssize_t FunctionFsEp0::write(std::span<const std::uint8_t> bytes) {
    const auto size = ::write(file_.get(), bytes.data(), bytes.size());
    return size < 0 ? -errno : size;
}

void FunctionFsEp0::wait(int stop, std::chrono::milliseconds limit) {
    std::array<pollfd, 2> files{pollfd{file_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
    ::poll(files.data(), files.size(), static_cast<int>(limit.count()));
}

}  // namespace revenant::registrar
