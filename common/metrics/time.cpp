#include "common/metrics/time.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <sstream>

#include <fmt/format.h>

namespace revenant {

using std::chrono::system_clock;

std::string utc_now() {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(system_clock::now());
    const auto seconds = system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    return fmt::format("{}.{:03}Z", text.data(), now.time_since_epoch().count() % 1000);
}

double unix_now() {
    return std::chrono::duration<double>{system_clock::now().time_since_epoch()}.count();
}

std::optional<double> unix_time(const std::string& utc) {
    std::tm parts{};
    std::istringstream text{utc};
    text >> std::get_time(&parts, "%Y-%m-%dT%H:%M:%S");
    if (text.fail())
        return std::nullopt;
    return static_cast<double>(::timegm(&parts));
}

}  // namespace revenant
