#include "host/serve/figures.hpp"

#include <algorithm>

namespace revenant::host::serve {

void Histogram::observe(std::chrono::duration<double> took) {
    const auto* const bound = std::lower_bound(bounds.begin(), bounds.end(), took.count());
    ++counts_.at(static_cast<std::size_t>(bound - bounds.begin()));
    ++count_;
    sum_ += took.count();
}

}  // namespace revenant::host::serve
