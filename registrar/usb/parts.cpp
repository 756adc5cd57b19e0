#include "registrar/usb/parts.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include "common/core/log.hpp"
#include "registrar/usb/kernel.hpp"

namespace revenant::registrar {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& file, int error) {
    const bool absent = error == ENOENT || error == ENOTDIR;
    throw std::runtime_error{
        absent
            ? fmt::format("there is no FunctionFS at '{}': run `revenant-registrar setup` first",
                          file.parent_path().string())
            : fmt::format("cannot open '{}': {}: run as root or as the --registrar-user of `revenant-registrar setup`",
                          file.string(), std::strerror(error))};
}

/// Locks ep0 itself, which only a registrar opens: independent of the run directory, and released when the process
/// ends. Must precede the first read, which would take an event from another registrar.
void lock(const UniqueFd& ep0, const UsbSettings& settings) {
    if (::flock(ep0.get(), LOCK_EX | LOCK_NB) == 0)
        return;
    const auto owner = LinuxKernel{}.user_of(settings.ep0());
    throw std::runtime_error{fmt::format("{} already serves '{}': stop it first",
                                         owner ? fmt::format("process {}", *owner) : std::string{"another registrar"},
                                         settings.ep0().string())};
}

}  // namespace

UsbParts open_usb(const UsbSettings& settings) {
    UsbParts parts;
    if (::access(settings.ep0().c_str(), F_OK) != 0)
        refuse(settings.ep0(), errno);
    parts.udc = std::make_unique<ConfigfsUdc>(settings);
    parts.udc_attribute = settings.udc_attribute();
    if (!parts.udc->bound().empty() && ::access((settings.ffs_dir / "ep1").c_str(), F_OK) != 0) {
        // Mounted with no_disconnect by another program: opening ep0 while bound hangs the kernel until a reboot.
        log::warn("the gadget is bound but has no endpoints: unbinding it first");
        if (const int error = parts.udc->unbind(); error != 0 || !parts.udc->bound().empty())
            throw std::runtime_error{fmt::format(
                "the gadget is bound but has no endpoints, and cannot be unbound: {}: as root, write an empty "
                "line to '{}'",
                std::strerror(error), parts.udc_attribute.string())};
    }
    UniqueFd ep0{::open(settings.ep0().c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};
    if (!ep0)
        refuse(settings.ep0(), errno);
    lock(ep0, settings);
    parts.ep0 = std::make_unique<FunctionFsEp0>(std::move(ep0));
    return parts;
}

}  // namespace revenant::registrar
