#pragma once

#include <cstdint>
#include <vector>

#include <boost/json/object.hpp>

namespace revenant {

/// How often something was how large.
struct Histogram {
    std::vector<double> bounds{};         ///< upper bounds of the buckets, rising; one more bucket has none
    std::vector<std::uint64_t> counts{};  ///< of each bucket alone: one more than bounds
    double sum = 0;
    std::uint64_t count = 0;
    friend bool operator==(const Histogram&, const Histogram&) = default;

    /// Without an observation.
    static Histogram with_bounds(std::vector<double> bounds);
    void observe(double value);
};

/// {"bounds": […], "counts": […], "sum", "count"}
boost::json::object to_json(const Histogram& histogram);

}  // namespace revenant
