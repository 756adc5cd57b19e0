#include "common/core/fd.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>

namespace revenant {

int checked(int result, const char* call, const std::filesystem::path& object) {
    if (result >= 0)
        return result;
    const std::error_code error{errno, std::system_category()};  // before another call changes errno
    throw std::system_error{error, object.empty() ? call : call + (" '" + object.string() + "'")};
}

UniqueFd open_file(const std::filesystem::path& path, int flags, mode_t mode) {
    return UniqueFd{checked(::open(path.c_str(), flags | O_CLOEXEC, mode), "open", path)};
}

}  // namespace revenant
