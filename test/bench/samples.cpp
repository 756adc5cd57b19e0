#include "test/bench/samples.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace revenant::bench {

double quantile(std::vector<double> samples, double share) {
    if (samples.empty())
        throw std::logic_error{"quantile without samples"};
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(samples.size())));
    const auto index = std::clamp<std::size_t>(rank, 1, samples.size()) - 1;
    std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(index), samples.end());
    return samples[index];
}

double median(std::vector<double> samples) {
    return quantile(std::move(samples), 0.5);
}

double slope(const std::vector<std::pair<double, double>>& points) {
    if (points.size() < 2)
        throw std::logic_error{"slope needs at least two points"};
    double mean_x = 0, mean_y = 0;
    for (const auto& [x, y] : points) {
        mean_x += x / static_cast<double>(points.size());
        mean_y += y / static_cast<double>(points.size());
    }
    double both = 0, square = 0;
    for (const auto& [x, y] : points) {
        both += (x - mean_x) * (y - mean_y);
        square += (x - mean_x) * (x - mean_x);
    }
    return both / square;
}

}  // namespace revenant::bench
