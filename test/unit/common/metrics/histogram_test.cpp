#include "common/metrics/histogram.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace revenant {
namespace {

TEST(histogram, observe_counts_in_first_matching_bucket) {
    auto histogram = Histogram::with_bounds({0.5, 2});
    for (const double value : {0.25, 0.5, 0.75, 2.0, 2.25})
        histogram.observe(value);
    EXPECT_EQ(histogram, (Histogram{{0.5, 2}, {2, 2, 1}, 5.75, 5}));
    EXPECT_EQ(boost::json::serialize(to_json(histogram)),
              R"({"bounds":[5E-1,2E0],"counts":[2,2,1],"sum":5.75E0,"count":5})");
}

}  // namespace
}  // namespace revenant
