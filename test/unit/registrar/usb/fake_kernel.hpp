#pragma once

#include <cerrno>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "registrar/usb/kernel.hpp"
#include "registrar/usb/settings.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::test {

using namespace registrar;

inline void put(const std::filesystem::path& file, const std::string& text) {
    std::ofstream{file} << text << '\n';
}

inline std::string line_of(const std::filesystem::path& file) {
    std::ifstream content{file};
    std::string line;
    std::getline(content, line);
    return line;
}

/// Fake of configfs and FunctionFS in plain directories: objects are created and removed with their attributes, and
/// cannot be removed while not empty. Records its calls.
class FakeKernel : public Kernel {
public:
    explicit FakeKernel(std::filesystem::path configfs) : configfs_{std::move(configfs)} {}

    [[nodiscard]] bool is_root() const override { return root; }
    bool load_module(const std::string& name) override {
        asked.push_back("modprobe " + name);
        loaded = loaded || loadable;
        if (loadable && name == "libcomposite" && mounts.count(configfs_) != 0)
            std::filesystem::create_directories(configfs_ / "usb_gadget");
        return loadable;
    }
    [[nodiscard]] std::optional<Mount> mounted_at(const std::filesystem::path& directory) const override {
        const auto found = mounts.find(directory);
        return found == mounts.end() ? std::nullopt : std::optional{found->second};
    }
    int mount(const Mount& what, const std::filesystem::path& directory, const std::string& options) override {
        asked.push_back("mount " + what.type + ' ' + what.source + ' ' + options);
        if (mount_error != 0)
            return mount_error;
        if (what.type == "configfs" && loaded)
            std::filesystem::create_directories(directory / "usb_gadget");
        if (what.type == "functionfs")
            put(directory / "ep0", "");
        access[directory] = {1000, 1001, 0550};
        mounts[directory] = what;
        return 0;
    }
    int unmount(const std::filesystem::path& directory) override {
        asked.push_back("unmount");
        if (unmount_error != 0)
            return unmount_error;
        for (const auto& entry : std::filesystem::directory_iterator{directory})
            std::filesystem::remove(entry);
        mounts.erase(directory);
        return 0;
    }
    int make_directory(const std::filesystem::path& directory) override {
        asked.push_back("mkdir " + directory.filename().string());
        const auto parent = directory.parent_path().filename();
        if (parent == "functions" && !loaded)
            return ENOENT;
        if (!std::filesystem::create_directory(directory))
            return EEXIST;
        if (parent == "usb_gadget") {
            give(directory, {"idVendor", "idProduct", "UDC"});
            for (const auto* part : {"strings", "configs", "functions"})
                std::filesystem::create_directory(directory / part);
        } else if (parent == "strings") {
            give(directory, {"manufacturer", "product", "serialnumber"});
        } else if (parent == "configs") {
            give(directory, {"MaxPower"});
            std::filesystem::create_directory(directory / "strings");
        }
        return 0;
    }
    int remove_directory(const std::filesystem::path& directory) override {
        if (!std::filesystem::exists(directory))
            return ENOENT;
        asked.push_back("rmdir " + directory.filename().string());
        const auto parent = directory.parent_path().filename();
        if (parent == "functions" && linked(directory))
            return EBUSY;
        for (const auto* part : {"strings", "configs", "functions"})
            if (std::filesystem::exists(directory / part) && !std::filesystem::is_empty(directory / part))
                return ENOTEMPTY;
        for (const auto& entry : std::filesystem::directory_iterator{directory})
            if (entry.is_symlink())
                return ENOTEMPTY;
        std::filesystem::remove_all(directory);
        return 0;
    }
    [[nodiscard]] std::optional<Access> access_of(const std::filesystem::path& file) const override {
        const auto found = access.find(file);
        return found == access.end() ? std::nullopt : std::optional{found->second};
    }
    int set_access(const std::filesystem::path& file, const Access& wanted) override {
        if (!std::filesystem::exists(file))
            return ENOENT;
        asked.push_back("access " + file.filename().string());
        access[file] = wanted;
        return 0;
    }
    [[nodiscard]] std::optional<pid_t> user_of(const std::filesystem::path& file) const override {
        const auto found = users.find(file);
        return found == users.end() ? std::nullopt : std::optional{found->second};
    }

    bool root = true, loaded = true, loadable = true;
    int mount_error = 0, unmount_error = 0;
    std::map<std::filesystem::path, Mount> mounts;
    std::map<std::filesystem::path, Access> access;
    std::map<std::filesystem::path, pid_t> users;
    std::vector<std::string> asked;

private:
    static void give(const std::filesystem::path& directory, const std::vector<std::string>& attributes) {
        for (const auto& attribute : attributes)
            put(directory / attribute, "");
    }
    static bool linked(const std::filesystem::path& function) {
        const auto configs = function.parent_path().parent_path() / "configs";
        for (const auto& entry : std::filesystem::recursive_directory_iterator{configs})
            if (entry.is_symlink() && std::filesystem::equivalent(entry.path(), function))
                return true;
        return false;
    }

    std::filesystem::path configfs_;
};

/// Settings for directories below `root`, as parsed from options.
inline UsbSettings fake_settings(const std::filesystem::path& root) {
    UsbSettings settings;
    settings.serial = "0123456789AB";
    settings.ffs_dir = root / "ffs";
    settings.configfs_dir = root / "config";
    settings.udc_dir = root / "udc";
    settings.gadget_user = {1000, 1001, {}};
    settings.gadget_group = 1001;
    settings.registrar_user = {990, 991, {}};
    return settings;
}

}  // namespace revenant::test
