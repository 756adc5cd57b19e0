#pragma once

#include <cstdint>

#include <fmt/core.h>

/// Logging, from any thread: log::info("…", args). It goes through spdlog's default logger, which start_logging() of
/// common/service/log.hpp sets up. Never a secret in it. spdlog's own headers stay out of here: each file that logs
/// would compile all of fmt's formatting anew.
namespace revenant::log {

enum class Level : std::uint8_t { debug, info, warn, error };

/// Formats and logs, if `level` is logged. Throws no std::exception: a text that cannot be formatted is logged as it
/// is. Any thread.
void write(Level level, fmt::string_view format, fmt::format_args args);

/// Logs at a level that the caller chooses. Any thread, as those below.
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
