#include "common/service/settings_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "common/core/visible.hpp"
#include "common/service/options.hpp"

namespace revenant {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_size = std::size_t{1} << 20;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view blanks = " \t\r\f\v";

[[noreturn]] void cannot_read(const fs::path& file, const std::string& cause) {
    throw UsageError{
        fmt::format("cannot read the configuration file '{}': {}: check its path and its mode", file.string(), cause)};
}

std::string message_of(int error) {
    return std::generic_category().message(error);
}

/// Whether no entry has this name. A link without a target, here or in a parent directory, is not absence.
bool certainly_absent(const fs::path& file) {
    std::error_code error;
    if (fs::symlink_status(file, error).type() != fs::file_type::not_found)
        return false;
    const auto parent = file.parent_path();
    return parent.empty() || fs::exists(parent, error) || certainly_absent(parent);
}

/// Returns nothing if the file is certainly absent.
std::optional<std::string> content_of(const fs::path& file) {
    const UniqueFd descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!descriptor) {
        const int error = errno;
        if (error == ENOENT && certainly_absent(file))
            return std::nullopt;
        cannot_read(file, error == ENOENT ? "a link on its path has no target" : message_of(error));
    }
    std::string content;
    std::array<char, 4096> part;
    for (;;) {
        const auto size = ::read(descriptor.get(), part.data(), part.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            cannot_read(file, message_of(errno));
        if (size == 0)
            return content;
        content.append(part.data(), static_cast<std::size_t>(size));
        if (content.size() > max_size)
            cannot_read(file, "it has more than 1 MiB");
    }
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(blanks);
    return begin == text.npos ? text.substr(0, 0) : text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

std::string_view without_comment(std::string_view line) {
    for (auto at = line.find('#'); at != line.npos; at = line.find('#', at + 1))
        if (at == 0 || blanks.find(line[at - 1]) != blanks.npos)
            return line.substr(0, at);
    return line;
}

bool is_control(char letter) {
    return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f';
}

SettingLine parse(std::string_view line, std::size_t number, const fs::path& file) {
    const auto equals = line.find('=');
    const auto name = trimmed(line.substr(0, equals));
    if (equals == line.npos || name.empty() || line.front() == '[')
        throw UsageError{fmt::format(
            "configuration file '{}', line {}: '{}' is not a line 'NAME = VALUE'; --help lists the settings",
            file.string(), number, visible(line))};
    const auto value = trimmed(line.substr(equals + 1));
    if (std::any_of(value.begin(), value.end(), is_control))
        throw UsageError{
            fmt::format("configuration file '{}', line {}: the value '{}' has a control character: remove it",
                        file.string(), number, visible(value))};
    return {number, std::string{name}, std::string{value}};
}

}  // namespace

std::vector<SettingLine> read_settings_file(const fs::path& file, bool must_exist) {
    const auto content = content_of(file);
    if (!content && must_exist)
        cannot_read(file, message_of(ENOENT));
    std::istringstream text{content.value_or("")};
    std::vector<SettingLine> lines;
    std::size_t number = 0;
    for (std::string line; std::getline(text, line);) {
        std::string_view rest{line};
        if (++number == 1 && rest.starts_with(byte_order_mark))
            rest.remove_prefix(byte_order_mark.size());
        rest = trimmed(without_comment(rest));
        if (!rest.empty())
            lines.push_back(parse(rest, number, file));
    }
    return lines;
}

}  // namespace revenant
