#include "registrar/usb/setup.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

#include "common/core/log.hpp"
#include "registrar/usb/configfs.hpp"

namespace revenant::registrar {
namespace {

namespace fs = std::filesystem;

constexpr auto english = "0x409";

class FunctionSetUp {
public:
    FunctionSetUp(const UsbSettings& settings, Kernel& kernel) : settings_{settings}, kernel_{kernel} {}

    void run() {
        if (!kernel_.is_root())
            throw std::runtime_error{"setup changes configfs and mounts FunctionFS: run it as root"};
        if (const auto owner = kernel_.user_of(settings_.ep0())) {
            log::warn("process {} serves '{}': nothing changed; stop it before setting up again", *owner,
                      settings_.ep0().string());
            return;
        }
        const auto serial = serial_number(settings_);  // may throw: before any change
        reach_configfs();
        look_at_mount();
        make_gadget(serial);
        make_function();
        mount_function();
        hand_over();
    }

private:
    void reach_configfs();
    void look_at_mount();
    void make_gadget(const std::string& serial);
    void make_function();
    void link_function();
    void mount_function();
    void unmount_function();
    void hand_over();

    void make_directory(const fs::path& directory);
    void set(const fs::path& attribute, const std::string& value);
    void set_access(const fs::path& file, const Access& access);
    void before_change();

    const UsbSettings& settings_;
    Kernel& kernel_;
    bool mounted_ = false;  // an existing mount that can be kept
};

void FunctionSetUp::reach_configfs() {
    const auto& configfs = settings_.configfs_dir;
    if (fs::is_directory(settings_.gadgets_dir()))
        return;
    kernel_.load_module("libcomposite");
    const auto mount = kernel_.mounted_at(configfs);
    if (!mount || mount->type != "configfs")
        if (const int error = kernel_.mount({"configfs", "none"}, configfs, ""))
            refuse_with(fmt::format("there is no configfs at '{}' and it cannot be mounted", configfs.string()), error,
                        "use a kernel with CONFIG_CONFIGFS_FS, or correct --configfs-dir");
    if (!fs::is_directory(settings_.gadgets_dir()))
        throw std::runtime_error{fmt::format("there is no '{}': load the module libcomposite, or use a kernel with it",
                                             settings_.gadgets_dir().string())};
}

/// Decides whether an existing mount at the mount point can be kept.
void FunctionSetUp::look_at_mount() {
    const auto& point = settings_.ffs_dir;
    const auto mount = kernel_.mounted_at(point);
    if (!mount) {
        if (!names_in(point).empty())
            throw std::runtime_error{fmt::format(
                "the mount point '{}' is not empty: empty it, or choose another --ffs-dir", point.string())};
        return;
    }
    if (mount->type != "functionfs" || mount->source != settings_.ffs_source())
        throw std::runtime_error{
            fmt::format("'{}' is the mount point of '{}' ({}): unmount it, or choose another --ffs-dir", point.string(),
                        mount->source, mount->type)};
    mounted_ = true;
    const auto root = kernel_.access_of(point);
    // A mount outlives its function's directory, but no longer works.
    const bool dead = !fs::is_directory(settings_.function_dir());
    const bool foreign = !root || root->uid != settings_.gadget_user.uid || root->gid != settings_.gadget_group;
    // Bound but without endpoints: mounted with no_disconnect by another program. Opening such an ep0 hangs the kernel.
    const bool trap = !read_attribute(settings_.udc_attribute()).empty() && !fs::exists(point / "ep1");
    if (dead || foreign || trap)
        unmount_function();
}

void FunctionSetUp::unmount_function() {
    before_change();
    if (const int error = kernel_.unmount(settings_.ffs_dir))
        refuse_with(fmt::format("cannot unmount '{}' to mount it again", settings_.ffs_dir.string()), error,
                    "stop the gadget that has its endpoints open");
    log::info("unmounted the leftover mount at '{}'", settings_.ffs_dir.string());
    mounted_ = false;
}

void FunctionSetUp::make_gadget(const std::string& serial) {
    const auto gadget = settings_.gadget_dir();
    const auto strings = gadget / "strings" / english;
    make_directory(gadget);
    set(gadget / "idVendor", fmt::format("0x{:04x}", settings_.vendor_id));
    set(gadget / "idProduct", fmt::format("0x{:04x}", settings_.product_id));
    make_directory(strings);
    set(strings / "manufacturer", settings_.manufacturer);
    set(strings / "product", settings_.product);
    set(strings / "serialnumber", serial);
    make_directory(settings_.configuration_dir());
}

void FunctionSetUp::make_function() {
    const auto function = settings_.function_dir();
    if (!fs::is_directory(function)) {
        before_change();
        int error = kernel_.make_directory(function);
        if (error != 0 && kernel_.load_module("usb_f_fs"))
            error = kernel_.make_directory(function);
        if (error != 0)
            refuse_with(fmt::format("the kernel has no FunctionFS: cannot create '{}'", function.string()), error,
                        "load the module usb_f_fs, or use a kernel with CONFIG_USB_CONFIGFS_F_FS");
    }
    link_function();
}

/// Keeps one link, in our configuration and under the function's name: the kernel would present others as additional
/// interfaces.
void FunctionSetUp::link_function() {
    const auto function = settings_.function_dir();
    const auto link = settings_.configuration_dir() / settings_.function;
    std::error_code ignored;
    auto wrong = links_to(settings_.gadget_dir(), function);
    const bool linked = std::erase(wrong, link) != 0;
    if (!linked && fs::is_symlink(link, ignored))
        wrong.push_back(link);
    for (const auto& extra : wrong) {
        before_change();
        if (::unlink(extra.c_str()) != 0)
            refuse_with(fmt::format("cannot remove the link '{}'", extra.string()), errno, "remove it by hand");
        log::info("removed the link '{}'", extra.string());
    }
    if (linked)
        return;
    before_change();
    if (::symlink(function.c_str(), link.c_str()) != 0)  // absolute: configfs resolves the target at once
        refuse_with(fmt::format("cannot link the function into the configuration by '{}'", link.string()), errno,
                    "see the kernel log");
}

void FunctionSetUp::mount_function() {
    if (mounted_)
        return;
    const auto& point = settings_.ffs_dir;
    if (!fs::is_directory(point))
        if (const int error = kernel_.make_directory(point))
            refuse_with(fmt::format("cannot create the mount point '{}'", point.string()), error,
                        "create it, or choose another --ffs-dir");
    // The octal modes need the leading 0. Never use no_disconnect: after a crash it hangs the kernel.
    const auto options =
        fmt::format("uid={},gid={},fmode=0660,rmode=0555", settings_.gadget_user.uid, settings_.gadget_group);
    if (const int error = kernel_.mount({"functionfs", settings_.ffs_source()}, point, options))
        refuse_with(fmt::format("cannot mount FunctionFS at '{}'", point.string()), error,
                    error == EBUSY ? "unmount it elsewhere, or stop the process that still has its endpoints open"
                                   : "load the module usb_f_fs, or use a kernel with CONFIG_USB_CONFIGFS_F_FS");
}

/// Gives ep0 and the UDC attribute to the registrar alone. The mount options give the other endpoints to the gadget.
void FunctionSetUp::hand_over() {
    const auto& registrar = settings_.registrar_user;
    set_access(settings_.ep0(), {registrar.uid, registrar.gid, 0600});
    set_access(settings_.udc_attribute(), {registrar.uid, registrar.gid, 0644});
}

void FunctionSetUp::make_directory(const fs::path& directory) {
    if (fs::is_directory(directory))
        return;
    before_change();
    if (const int error = kernel_.make_directory(directory))
        refuse_with(fmt::format("cannot create '{}'", directory.string()), error, "see the kernel log");
}

void FunctionSetUp::set(const fs::path& attribute, const std::string& value) {
    if (read_attribute(attribute) == value)
        return;
    before_change();
    write_attribute(attribute, value);
}

void FunctionSetUp::set_access(const fs::path& file, const Access& access) {
    if (kernel_.access_of(file) == access)
        return;
    if (const int error = kernel_.set_access(file, access))
        refuse_with(fmt::format("cannot give '{}' to user {}", file.string(), access.uid), error,
                    "run `revenant-registrar teardown`, then setup again");
}

/// Unbinds the gadget, so that a host never sees it half changed; `run` binds it again.
void FunctionSetUp::before_change() {
    const auto attribute = settings_.udc_attribute();
    const auto bound = read_attribute(attribute);
    if (bound.empty())
        return;
    log::info("the gadget '{}' must be changed: unbinding it from '{}'", settings_.gadget_name, bound);
    write_attribute(attribute, "");
}

}  // namespace

void set_up_usb(const UsbSettings& settings, Kernel& kernel) {
    FunctionSetUp{settings, kernel}.run();
}

}  // namespace revenant::registrar
