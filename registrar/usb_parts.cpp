#include "registrar/usb_parts.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>

#include "registrar/kernel.hpp"

namespace revenant {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, int error) {
    const bool absent = error == ENOENT || error == ENOTDIR;
    throw std::runtime_error{
        absent ? fmt::format("there is no FunctionFS at '{}': run `revenant-registrar setup` first",
                             file.parent_path().string())
               : fmt::format("cannot open '{}': {}: run as root or as the user that `revenant-registrar setup` gave it "
                             "to",
                             file.string(), std::strerror(error))};
}

/// On the mount itself: whatever run directory another registrar uses, and gone when its process is.
UniqueFd lock(const UsbSettings& settings) {
    UniqueFd directory{::open(settings.ffs_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!directory)
        refuse(settings.ep0(), errno);
    if (::flock(directory.get(), LOCK_EX | LOCK_NB) == 0)
        return directory;
    const auto owner = LinuxKernel{}.user_of(settings.ffs_dir);
    throw std::runtime_error{fmt::format("{} serves '{}' already: stop it first",
                                         owner ? fmt::format("process {}", *owner) : std::string{"another registrar"},
                                         settings.ep0().string())};
}

}  // namespace

UsbParts open_usb(const UsbSettings& settings) {
    UsbParts parts;
    parts.lock = lock(settings);
    if (::access(settings.ep0().c_str(), F_OK) != 0)
        refuse(settings.ep0(), errno);
    parts.udc = std::make_unique<ConfigfsUdc>(settings);
    parts.udc_attribute = settings.udc_attribute();
    if (!parts.udc->bound().empty() && ::access((settings.ffs_dir / "ep1").c_str(), F_OK) != 0) {
        // Mounted with no_disconnect by others: to open such an ep0 while bound hangs the kernel until a reboot.
        spdlog::warn("the gadget is bound and has no endpoints: unbound first");
        parts.udc->unbind();
    }
    UniqueFd ep0{::open(settings.ep0().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (!ep0)
        refuse(settings.ep0(), errno);
    parts.ep0 = std::make_unique<FunctionFsEp0>(std::move(ep0));
    return parts;
}

}  // namespace revenant
