#include "common/metrics/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/core/fd.hpp"

namespace revenant {
namespace {

TEST(process, usage_counts_descriptors_by_type) {
    const auto before = read_process_usage();
    const UniqueFd file{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const auto after = read_process_usage();
    EXPECT_EQ(after.all_descriptors(), before.all_descriptors() + 1);
    EXPECT_EQ(after.descriptors.at("file") - (before.descriptors.count("file") ? before.descriptors.at("file") : 0),
              1U);
}

TEST(process, status_matches_usage) {
    const auto usage = read_process_usage();
    const auto status = process_status();
    EXPECT_EQ(status.at("pid"), ::getpid());
    EXPECT_EQ(status.at("descriptors").to_number<std::uint64_t>(), usage.all_descriptors());
    EXPECT_EQ(status.at("threads").to_number<std::uint64_t>(), usage.threads);
    EXPECT_GT(usage.pss_kib, 0U);
}

}  // namespace
}  // namespace revenant
