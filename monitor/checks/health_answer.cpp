#include "monitor/checks/health_answer.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace revenant::monitor {
namespace {

/// The status of a health document; empty if there is none.
std::string status_in(std::string_view body) {
    boost::json::error_code failed;
    const auto document = boost::json::parse(body, failed);
    if (failed || !document.is_object())
        return {};
    const auto* const status = document.get_object().if_contains("status");
    return status != nullptr && status->is_string() ? std::string{status->get_string()} : std::string{};
}

}  // namespace

Answer health_answer(unsigned status, std::string_view type, std::string_view body) {
    const bool well = status >= 200 && status < 300;
    const auto reason = fmt::format("HTTP status {}", status);
    const auto word = type.starts_with("application/health+json") ? status_in(body) : std::string{};
    if (word == "fail")
        return {true, Health::unhealthy, reason + ", health document status fail"};
    if (word == "warn")
        return {true, Health::degraded, reason + ", health document status warn"};
    return {true, well ? Health::healthy : Health::unhealthy, reason};
}

}  // namespace revenant::monitor
