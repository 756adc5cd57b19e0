#include "common/metrics/histogram.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>

namespace revenant {

Histogram Histogram::with_bounds(std::vector<double> bounds) {
    const auto buckets = bounds.size() + 1;
    return {std::move(bounds), std::vector<std::uint64_t>(buckets), 0, 0};
}

void Histogram::observe(double value) {
    const auto bound = std::lower_bound(bounds.begin(), bounds.end(), value);
    ++counts.at(static_cast<std::size_t>(bound - bounds.begin()));
    ++count;
    sum += value;
}

boost::json::object to_json(const Histogram& histogram) {
    return {{"bounds", boost::json::array(histogram.bounds.begin(), histogram.bounds.end())},
            {"counts", boost::json::array(histogram.counts.begin(), histogram.counts.end())},
            {"sum", histogram.sum},
            {"count", histogram.count}};
}

}  // namespace revenant
