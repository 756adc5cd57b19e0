#include "common/net/run_directory.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace revenant {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& what, int error, const std::string& remedy) {
    throw std::runtime_error{fmt::format("{}: {}: {}", what, std::strerror(error), remedy)};
}

}  // namespace

fs::path prepare_run_directory(const fs::path& run_dir, const std::string& program) {
    auto directory = run_dir / program;
    const auto remedy = "create it for this user, or choose another --run-dir";
    if (::mkdir(run_dir.c_str(), 0755) != 0 && errno != EEXIST)
        refuse(fmt::format("cannot create the run directory '{}'", run_dir.string()), errno, remedy);
    if (::mkdir(directory.c_str(), 0755) == 0)
        ::chmod(directory.c_str(), 0755);  // independent of the umask: others watch it by inotify
    else if (errno != EEXIST)
        refuse(fmt::format("cannot create the run directory '{}'", directory.string()), errno, remedy);
    struct stat status {};
    if (::stat(directory.c_str(), &status) != 0)
        refuse(fmt::format("cannot stat the run directory '{}'", directory.string()), errno, remedy);
    if (!S_ISDIR(status.st_mode))
        refuse(fmt::format("the run directory '{}' is a file", directory.string()), ENOTDIR, remedy);
    if (status.st_uid != ::geteuid())
        throw std::runtime_error{
            fmt::format("the run directory '{}' belongs to user {}, not to this process's user {}: {}",
                        directory.string(), status.st_uid, ::geteuid(), remedy)};
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        throw std::runtime_error{
            fmt::format("the run directory '{}' is writable by others (mode {:04o}): chmod it to 0755",
                        directory.string(), status.st_mode & 07777U)};
    if (::access(directory.c_str(), W_OK | X_OK) != 0)
        refuse(fmt::format("cannot write in the run directory '{}'", directory.string()), errno, "chmod it to 0755");
    return directory;
}

}  // namespace revenant
