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
    Figure{"sign_overhead_ratio", "latency above a bare signature, in status round trips", Side::at_most, 1.6},
    Figure{"sign_cpu_ratio", "CPU time of host and device, relative to bare", Side::at_most, 1.2},
    Figure{"sign_throughput_ratio", "signatures per second, relative to bare on all cores", Side::at_least, 0.8},
    Figure{"sign_slow_disk_p50_ratio", "latency with 20 ms a sync, 200 ms each 20th, relative to none", Side::at_most,
           1.1},
    Figure{"sign_slow_disk_p99_ratio", "the same, p99", Side::at_most, 1.25},
    Figure{"writes_per_signature", "durable writes per signature, three kinds a level", Side::at_most, 0.25},
    Figure{"http_sign_overhead_ratio", "the same latency for the remote signer", Side::at_most, 4},
    Figure{"http_sign_cpu_ratio", "CPU time of remote signer and device, relative to bare", Side::at_most, 1.5},
    Figure{"http_sign_throughput_ratio", "signatures per second over HTTP, relative to bare", Side::at_least, 0.65},
    Figure{"http_pss_slope_kib", "remote signer memory growth per 10,000 requests, KiB", Side::at_most, 64},
    Figure{"monitor_reuse_ratio", "check rate on a reused socket, relative to new ones", Side::at_least, 2.5},
    Figure{"monitor_event_p99_ms_100", "gadget stop to event at 100 viewers, p99, ms", Side::at_most, 100},
    Figure{"monitor_viewers", "viewers that received the event of each second", Side::at_least, 1'000},
    Figure{"monitor_viewer_kib", "memory of the monitor per viewer, KiB", Side::at_most, 16},
    Figure{"monitor_pss_mib", "memory of the idle monitor, MiB", Side::at_most, 16},
    Figure{"monitor_harm_p95_ratio", "signing p95 during monitor attacks, relative to CPU load", Side::at_most, 1.25},
    Figure{"revival_p50_ms", "plug-in to ready, median, ms", Side::at_most, 20},
    Figure{"revival_p99_ms", "plug-in to ready, p99, ms", Side::at_most, 100},
    Figure{"device_pss_mib", "memory of the device programs, MiB", Side::at_most, 20},
    Figure{"device_pss_slope_kib", "device memory growth per 10,000 signatures, KiB", Side::at_most, 64},
    Figure{"wakeups_unplugged_per_s", "wake-ups of the device programs without a host", Side::at_most, 3},
    Figure{"wakeups_ready_per_s", "wake-ups of the device programs with an idle host", Side::at_most, 5},
    Figure{"start_ready_ms", "start of the device programs to ready, median, ms", Side::at_most, 150},
    Figure{"fd_growth", "descriptors leaked by the revivals", Side::at_most, 0},
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
        throw std::logic_error{fmt::format("unknown metric '{}'", figure)};
    values_[std::string{figure}] = value;
}

void Report::failed(const std::string& what, const std::string& why) {
    failures_.push_back(fmt::format("{}: {}", what, why));
}

bool Report::complete() const {
    return failures_.empty() && values_.size() == figures.size();
}

std::string Report::text() const {
    host::Table table{{"METRIC", "VALUE", "BAR", "RESULT", "DESCRIPTION"}};
    for (const auto& figure : figures) {
        const auto found = values_.find(figure.key);
        const bool measured = found != values_.end();
        table.add({std::string{figure.key}, measured ? fmt::format("{:.2f}", found->second) : "-", bar_text(figure),
                   !measured                    ? "NOT MEASURED"
                   : met(figure, found->second) ? "ok"
                                                : "missed",
                   std::string{figure.about}});
    }
    auto text = table.text() + "\nDetails:\n";
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
