#pragma once

#include <chrono>
#include <utility>
#include <vector>

namespace revenant::bench {

/// Fractional microseconds: the unit of all latencies and costs.
using Microseconds = std::chrono::duration<double, std::micro>;

/// Quantile `share` (0 to 1) by nearest rank. Throws std::logic_error without samples.
double quantile(std::vector<double> samples, double share);
double median(std::vector<double> samples);

/// Slope of y over x by least squares. Throws std::logic_error with fewer than two points.
double slope(const std::vector<std::pair<double, double>>& points);

/// Wall time of `work`, in microseconds.
template <typename Work>
double microseconds_of(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return Microseconds{std::chrono::steady_clock::now() - begin}.count();
}

}  // namespace revenant::bench
