#pragma once

#include <cstdint>

#include <fmt/core.h>

/// Logging, from any thread: log::info("...", args). Uses spdlog's default logger, which start_logging() of
/// common/service/log.hpp sets up. Never log a secret. This header does not include spdlog's headers, since each file
/// that logs would then compile all of fmt's formatting.
namespace revenant::log {

enum class Level : std::uint8_t { debug, info, warn, error };

/// Formats and logs if `level` is enabled. Throws no std::exception: text that cannot be formatted is logged
/// unformatted. Any thread.
void write(Level level, fmt::string_view format, fmt::format_args args);

/// Logs at a level chosen at run time. Any thread, as for the functions below.
template <typename... Args>
void at(Level level, fmt::format_string<Args...> format, const Args&... args) {
    write(level, format, fmt::make_format_args(args...));
}
template <typename... Args>
void debug(fmt::format_string<Args...> format, const Args&... args) {
    write(Level::debug, format, fmt::make_format_args(args...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, const Args&... args) {
    write(Level::info, format, fmt::make_format_args(args...));
}
template <typename... Args>
void warn(fmt::format_string<Args...> format, const Args&... args) {
    write(Level::warn, format, fmt::make_format_args(args...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, const Args&... args) {
    write(Level::error, format, fmt::make_format_args(args...));
}

}  // namespace revenant::log
