#include "common/metrics/exposition.hpp"

#include <gtest/gtest.h>

namespace revenant {
namespace {

TEST(exposition, text_matches_prometheus_format) {
    Exposition all;
    all.gauge("a", "An a.", {}, 1);
    all.counter("b_total", "A b.", {{"x", "1"}}, 2);
    all.gauge("a", "An a.", {{"q", "a\\b\"c\nd"}}, 0.25);
    all.histogram("h_seconds", "An h.", {}, {{0.001, 0.5}, {1, 2, 3}, 1.5, 6});
    EXPECT_EQ(
        all.text(),
        "# HELP a An a.\n# TYPE a gauge\na 1\na{q=\"a\\\\b\\\"c\\nd\"} 0.25\n"
        "# HELP b_total A b.\n# TYPE b_total counter\nb_total{x=\"1\"} 2\n"
        "# HELP h_seconds An h.\n# TYPE h_seconds histogram\nh_seconds_bucket{le=\"0.001\"} 1\n"
        "h_seconds_bucket{le=\"0.5\"} 3\nh_seconds_bucket{le=\"+Inf\"} 6\nh_seconds_sum 1.5\nh_seconds_count 6\n");
}

}  // namespace
}  // namespace revenant
