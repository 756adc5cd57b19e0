#pragma once

#include <chrono>
#include <utility>
#include <vector>

namespace revenant::bench {

/// Microseconds, with fractions: what all latencies and costs are kept in.
using Microseconds = std::chrono::duration<double, std::micro>;

/// The value that the share (0 to 1) of the samples does not exceed, by nearest rank. Throws std::logic_error when
/// there are none.
double quantile(std::vector<double> samples, double share);
double median(std::vector<double> samples);

/// How much y grows per 1 of x: least squares. Throws std::logic_error with fewer than two points.
double slope(const std::vector<std::pair<double, double>>& points);

/// How long `work` takes, by the wall.
template <typename Work>
double microseconds_of(Work work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return Microseconds{std::chrono::steady_clock::now() - begin}.count();
}

}  // namespace revenant::bench
