#include "monitor/checks/health_answer.hpp"

#include <algorithm>
#include <array>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace revenant::monitor {
namespace {

struct Word {
    std::string_view word{};
    Health health = Health::unknown;
};
/// The words of draft-inadarei-api-health-check, section 3.1.
constexpr std::array<Word, 7> words{{{"pass", Health::healthy},
                                     {"ok", Health::healthy},
                                     {"up", Health::healthy},
                                     {"warn", Health::degraded},
                                     {"fail", Health::unhealthy},
                                     {"error", Health::unhealthy},
                                     {"down", Health::unhealthy}}};

/// Without parameters such as charset.
bool is_health_document(std::string_view type) {
    const std::string essence{type.substr(0, type.find(';'))};
    return boost::algorithm::iequals(boost::algorithm::trim_copy(essence), "application/health+json");
}

/// What the document says; nothing if it has no known status.
const Word* status_in(std::string_view body) {
    boost::json::error_code failed;
    const auto document = boost::json::parse(body, failed);
    if (failed || !document.is_object())
        return nullptr;
    const auto* const status = document.get_object().if_contains("status");
    if (status == nullptr || !status->is_string())
        return nullptr;
    const auto same = [status](const Word& known) {
        return boost::algorithm::iequals(known.word, std::string_view{status->get_string()});
    };
    const auto* const found = std::find_if(words.begin(), words.end(), same);
    return found == words.end() ? nullptr : found;
}

}  // namespace

Answer health_answer(unsigned status, std::string_view type, std::string_view body) {
    const bool well = status >= 200 && status < 300;
    const auto reason = fmt::format("HTTP status {}", status);
    if (!is_health_document(type))
        return {true, well ? Health::healthy : Health::unhealthy, reason};
    const auto* const document = status_in(body);
    const auto told = document == nullptr ? std::string{"health document without a known status"}
                                          : fmt::format("health document status {}", document->word);
    if (!well)
        return {true, Health::unhealthy, fmt::format("{}, {}", reason, told)};
    return {true, document == nullptr ? Health::degraded : document->health, fmt::format("{}, {}", reason, told)};
}

}  // namespace revenant::monitor
