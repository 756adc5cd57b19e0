#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace revenant::registrar {

struct Mount {
    std::string type{};    ///< configfs, functionfs, ...
    std::string source{};  ///< mount source
};

struct Access {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;  ///< permission bits
    friend bool operator==(const Access&, const Access&) = default;
};

/// Kernel operations; tests substitute them. Functions that return int return 0 or an errno.
class Kernel {
public:
    Kernel() = default;
    Kernel(const Kernel&) = delete;
    Kernel& operator=(const Kernel&) = delete;
    virtual ~Kernel() = default;

    [[nodiscard]] virtual bool is_root() const = 0;
    /// Runs modprobe. Returns false if it is missing or fails.
    virtual bool load_module(const std::string& name) = 0;

    /// The topmost mount at `directory`.
    [[nodiscard]] virtual std::optional<Mount> mounted_at(const std::filesystem::path& directory) const = 0;
    virtual int mount(const Mount& what, const std::filesystem::path& directory, const std::string& options) = 0;
    virtual int unmount(const std::filesystem::path& directory) = 0;

    /// In configfs this creates an object with its attributes.
    virtual int make_directory(const std::filesystem::path& directory) = 0;
    virtual int remove_directory(const std::filesystem::path& directory) = 0;

    /// Returns nothing if the file does not exist.
    [[nodiscard]] virtual std::optional<Access> access_of(const std::filesystem::path& file) const = 0;
    virtual int set_access(const std::filesystem::path& file, const Access& access) = 0;

    /// A process other than this one that has `file` open.
    [[nodiscard]] virtual std::optional<pid_t> user_of(const std::filesystem::path& file) const = 0;
};

/// The running kernel.
class LinuxKernel : public Kernel {
public:
    [[nodiscard]] bool is_root() const override;
    bool load_module(const std::string& name) override;
    [[nodiscard]] std::optional<Mount> mounted_at(const std::filesystem::path& directory) const override;
    int mount(const Mount& what, const std::filesystem::path& directory, const std::string& options) override;
    int unmount(const std::filesystem::path& directory) override;
    int make_directory(const std::filesystem::path& directory) override;
    int remove_directory(const std::filesystem::path& directory) override;
    [[nodiscard]] std::optional<Access> access_of(const std::filesystem::path& file) const override;
    int set_access(const std::filesystem::path& file, const Access& access) override;
    [[nodiscard]] std::optional<pid_t> user_of(const std::filesystem::path& file) const override;
};

/// Returns the topmost mount at `directory` from the text of /proc/self/mountinfo (proc(5)).
std::optional<Mount> mount_in(std::string_view mountinfo, const std::string& directory);

}  // namespace revenant::registrar
