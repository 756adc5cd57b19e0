#include "test/bench/report.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "host/text/table.hpp"

namespace revenant::bench {
namespace {

namespace json = boost::json;

enum class Side { at_most, at_least };

struct Figure {
    std::string_view key, about;
    Side side;
    double bar;
};

constexpr std::array figures{
    Figure{"sign_overhead_ratio", "latency beyond the bare work, in status round trips", Side::at_most, 2.5},
    Figure{"sign_cpu_ratio", "CPU time of host and device per bare signature's", Side::at_most, 1.3},
    Figure{"sign_throughput_ratio", "signatures per second, of what all cores could compute", Side::at_least, 0.75},
    Figure{"http_sign_overhead_ratio", "the same latency of one asked of the remote signer", Side::at_most, 4},
    Figure{"http_sign_cpu_ratio", "CPU time of remote signer and device per bare signature's", Side::at_most, 1.5},
    Figure{"http_sign_throughput_ratio", "signatures per second over HTTP, the same", Side::at_least, 0.65},
    Figure{"http_pss_slope_kib", "growth of the remote signer per 10,000 requests, KiB", Side::at_most, 64},
    Figure{"monitor_reuse_ratio", "checks per second on a kept socket, of those on new ones", Side::at_least, 2.5},
    Figure{"monitor_event_p99_ms_100", "gadget told to end to 100 viewers knowing, 99 of 100, ms", Side::at_most, 100},
    Figure{"monitor_viewers", "viewers that got the event of each second", Side::at_least, 1'000},
    Figure{"monitor_viewer_kib", "memory of the monitor per viewer, KiB", Side::at_most, 16},
    Figure{"monitor_pss_mib", "memory of the monitor at rest, MiB", Side::at_most, 16},
    Figure{"monitor_harm_p95_ratio", "signing p95 while the monitor is harmed, of beside mere work", Side::at_most,
           1.25},
    Figure{"revival_p50_ms", "cable in to ready, median, ms", Side::at_most, 20},
    Figure{"revival_p99_ms", "the same, 99 of 100, ms", Side::at_most, 100},
    Figure{"device_pss_mib", "memory of the three programs, MiB", Side::at_most, 20},
    Figure{"device_pss_slope_kib", "its growth per 10,000 signatures, KiB", Side::at_most, 64},
    Figure{"wakeups_unplugged_per_s", "wake-ups of the three without a host", Side::at_most, 3},
    Figure{"wakeups_ready_per_s", "wake-ups of the three with an idle host", Side::at_most, 20},
    Figure{"start_ready_ms", "the three programs started to ready, median, ms", Side::at_most, 150},
    Figure{"fd_growth", "descriptors left behind by the revivals", Side::at_most, 0},
};

bool met(const Figure& figure, double value) {
    return figure.side == Side::at_most ? value <= figure.bar : value >= figure.bar;
}

std::string bar_text(const Figure& figure) {
    return fmt::format("{} {}", figure.side == Side::at_most ? "<=" : ">=", figure.bar);
}

}  // namespace

void Report::set(std::string_view figure, double value) {
    const auto known = [&](const Figure& one) { return one.key == figure; };
    if (std::none_of(figures.begin(), figures.end(), known))
        throw std::logic_error{fmt::format("'{}' is no figure", figure)};
    values_[std::string{figure}] = value;
}

void Report::failed(const std::string& what, const std::string& why) {
    failures_.push_back(fmt::format("{}: {}", what, why));
}

bool Report::complete() const {
    return failures_.empty() && values_.size() == figures.size();
}

std::string Report::text() const {
    host::Table table{{"FIGURE", "VALUE", "BAR", "RESULT", "WHAT IT IS"}};
    for (const auto& figure : figures) {
        const auto found = values_.find(figure.key);
        const bool measured = found != values_.end();
        table.add({std::string{figure.key}, measured ? fmt::format("{:.2f}", found->second) : "-", bar_text(figure),
                   !measured                    ? "NOT MEASURED"
                   : met(figure, found->second) ? "ok"
                                                : "missed",
                   std::string{figure.about}});
    }
    auto text = table.text() + "\nMeasured along the way:\n";
    for (const auto& [name, value] : details_)
        text += fmt::format("  {:<34}{:>12.2f}\n", name, value);
    for (const auto& [name, value] : environment_)
        text += fmt::format("  {:<34}  {}\n", name, value);
    for (const auto& failure : failures_)
        text += fmt::format("FAILED {}\n", failure);
    return text;
}

json::object Report::json() const {
    json::object all, bars, details, environment;
    json::array missed, failures;
    for (const auto& figure : figures) {
        bars[figure.key] = bar_text(figure);
        const auto found = values_.find(figure.key);
        if (found == values_.end()) {
            all[figure.key] = nullptr;
            continue;
        }
        all[figure.key] = found->second;
        if (!met(figure, found->second))
            missed.emplace_back(figure.key);
    }
    for (const auto& [name, value] : details_)
        details[name] = value;
    for (const auto& [name, value] : environment_)
        environment[name] = value;
    for (const auto& failure : failures_)
        failures.emplace_back(failure);
    all["details"] = std::move(details);
    all["environment"] = std::move(environment);
    all["bars"] = std::move(bars);
    all["missed"] = std::move(missed);
    all["failures"] = std::move(failures);
    return all;
}

}  // namespace revenant::bench
