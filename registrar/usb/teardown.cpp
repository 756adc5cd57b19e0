#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

#include "common/core/log.hpp"
#include "registrar/usb/configfs.hpp"
#include "registrar/usb/setup.hpp"

namespace revenant::registrar {
namespace {

namespace fs = std::filesystem;

class Teardown {
public:
    Teardown(const UsbSettings& settings, Kernel& kernel) : settings_{settings}, kernel_{kernel} {}

    /// Follows the order that configfs demands: an object is removed after all references to it.
    void run() {
        if (!kernel_.is_root())
            throw std::runtime_error{"teardown changes configfs and unmounts FunctionFS: run it as root"};
        refuse_living_user();
        const auto udc = unbind();
        unmount();
        remove_links();
        if (!holds_functions(settings_.configuration_dir())) {
            remove(settings_.configuration_dir() / "strings" / "0x409");
            remove(settings_.configuration_dir());
        }
        remove(settings_.function_dir());
        const auto gadget = settings_.gadget_dir();
        if (names_in(gadget / "configs").empty() && names_in(gadget / "functions").empty()) {
            remove(gadget / "strings" / "0x409");
            remove(gadget);
        } else if (!udc.empty()) {
            bind_others(udc);
        }
    }

private:
    void refuse_living_user() const;
    std::string unbind();
    void unmount();
    void remove_links();
    void remove(const fs::path& directory);
    void bind_others(const std::string& udc);
    [[nodiscard]] bool mounted() const;

    const UsbSettings& settings_;
    Kernel& kernel_;
};

/// Runs before any change, since the unmount would fail half-way.
void Teardown::refuse_living_user() const {
    if (!mounted())
        return;
    for (const auto& name : names_in(settings_.ffs_dir))
        if (const auto user = kernel_.user_of(settings_.ffs_dir / name))
            throw std::runtime_error{
                fmt::format("process {} has '{}' open: stop it first", *user, (settings_.ffs_dir / name).string())};
}

bool Teardown::mounted() const {
    const auto mount = kernel_.mounted_at(settings_.ffs_dir);
    return mount && mount->type == "functionfs" && mount->source == settings_.ffs_source();
}

/// Unbinds the gadget if it contains our function. Returns the controller that it was bound to.
std::string Teardown::unbind() {
    auto bound = read_attribute(settings_.udc_attribute());
    if (bound.empty() || !fs::is_directory(settings_.function_dir()))
        return {};
    write_attribute(settings_.udc_attribute(), "");
    return bound;
}

void Teardown::unmount() {
    if (mounted())
        if (const int error = kernel_.unmount(settings_.ffs_dir))
            refuse_with(fmt::format("cannot unmount '{}'", settings_.ffs_dir.string()), error,
                        "stop the processes that have its endpoints open");
    if (!kernel_.mounted_at(settings_.ffs_dir) && names_in(settings_.ffs_dir).empty())
        remove(settings_.ffs_dir);
}

void Teardown::remove_links() {
    auto links = links_to(settings_.gadget_dir(), settings_.function_dir());
    const auto link = settings_.configuration_dir() / settings_.function;
    std::error_code ignored;
    if (fs::is_symlink(link, ignored) && !fs::exists(link, ignored))
        links.push_back(link);
    for (const auto& ours : links)
        if (::unlink(ours.c_str()) != 0)
            refuse_with(fmt::format("cannot remove the link '{}'", ours.string()), errno, "remove it by hand");
}

void Teardown::remove(const fs::path& directory) {
    const int error = kernel_.remove_directory(directory);
    if (error != 0 && error != ENOENT)
        refuse_with(fmt::format("cannot remove '{}'", directory.string()), error, "first remove what uses it");
}

/// Rebinds the gadget for the remaining functions of other programs.
void Teardown::bind_others(const std::string& udc) {
    try {
        write_attribute(settings_.udc_attribute(), udc);
    } catch (const std::runtime_error& error) {
        log::warn("cannot rebind the other functions of the gadget: {}", error.what());
    }
}

}  // namespace

void tear_down_usb(const UsbSettings& settings, Kernel& kernel) {
    Teardown{settings, kernel}.run();
}

}  // namespace revenant::registrar
