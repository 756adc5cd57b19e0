#include "common/core/log.hpp"

#include <exception>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace revenant::log {
namespace {

spdlog::level::level_enum level_of(Level level) {
    switch (level) {
        case Level::debug:
            return spdlog::level::debug;
        case Level::info:
            return spdlog::level::info;
        case Level::warn:
            return spdlog::level::warn;
        case Level::error:
            break;
    }
    return spdlog::level::err;
}

}  // namespace

void write(Level level, fmt::string_view format, fmt::format_args args) {
    auto& logger = *spdlog::default_logger_raw();
    const auto at = level_of(level);
    if (!logger.should_log(at))
        return;
    try {
        logger.log(at, spdlog::string_view_t{fmt::vformat(format, args)});
    } catch (const std::exception&) {  // the logger itself does not throw
        logger.log(at, spdlog::string_view_t{format.data(), format.size()});
    }
}

}  // namespace revenant::log
