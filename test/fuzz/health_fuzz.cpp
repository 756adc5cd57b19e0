// Fuzzes a signer's status line and the health and metrics derived from it. After the byte 'h': another program's
// health document.
#include <cstdint>
#include <cstdlib>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>

#include "monitor/checks/health_answer.hpp"
#include "monitor/web/health_document.hpp"
#include "monitor/web/metrics.hpp"

namespace {

using namespace revenant::monitor;

void require(bool truth) {
    if (!truth)
        std::abort();
}

void check_document(std::string_view body) {
    const auto answer = health_answer(200, "application/health+json", body);
    require(answer.came && !answer.reason.empty());
    require(health_answer(500, "text/plain", body).health == Health::unhealthy);
}

/// Each line of metrics has a name, optional labels, and one value.
void check_metrics(const std::string& text) {
    require(text.ends_with('\n'));
    for (const char letter : text)
        require(letter == '\n' || static_cast<unsigned char>(letter) >= 0x20);
}

void check_line(std::string_view line) {
    auto status = read_status(line);
    if (!status)
        return;
    require(read_status(boost::json::serialize(to_json(*status))) == status);
    HealthRegistry registry{"0"};
    const Instant now{};
    registry.enter(HealthRegistry::Stage::running, now);
    registry.on_status("signer", "/s", std::move(*status), now);
    const auto document = boost::json::serialize(health_document(registry, "0"));
    require(boost::json::serialize(boost::json::parse(document)) == document);
    check_document(document);
    check_metrics(metrics_text(registry, {}, "0"));
    require(!boost::json::serialize(registry.state_json(now)).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    spdlog::set_level(spdlog::level::off);
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (bytes.starts_with('h'))
        check_document(bytes.substr(1));
    else
        check_line(bytes);
    return 0;
}
