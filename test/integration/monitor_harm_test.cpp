// Attacks on the monitor cost a baker no signature. The signer and its device run on one CPU, the monitor and the
// attackers on another.
#include "test/support/monitor/monitor_harm.hpp"

#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/support/basics/tool.hpp"

namespace revenant::test {
namespace {

constexpr milliseconds level{250};
constexpr std::int32_t levels = 20;
constexpr std::size_t max_pss_kib = 128 * 1024;  // MemoryMax= of its unit

void expect_signed(const Ordeal& ordeal, std::int32_t of_levels = levels) {
    const auto& tally = ordeal.tally;
    std::cout << fmt::format("the baker: {}\nthe monitor: {} blows, {} restarts, {} viewers, {} KiB\n", tally.text(),
                             ordeal.blows, ordeal.restarts, ordeal.watching, ordeal.max_pss_kib);
    EXPECT_EQ(tally.failure, "");
    EXPECT_EQ(tally.misses.size(), 0U) << "first miss: " << tally.misses.front().what;
    EXPECT_GE(tally.signatures,
              6U * static_cast<unsigned>(of_levels));  // three kinds with two keys, and repeats
    EXPECT_EQ(ordeal.restarts, 0U);
    if (memory_tells) {
        EXPECT_LT(ordeal.max_pss_kib, max_pss_kib);
    }
}

TEST(monitor_harm, killed_repeatedly_signing_continues) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    const auto ordeal = signer.suffer(Harm::killed, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U);
    EXPECT_GT(ordeal.watching, 0U) << "no viewer reconnected";
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, stopped_signing_continues) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    constexpr auto longer = 2 * levels;  // the signer drops a monitor that does not read for 5 s
    const auto ordeal = signer.suffer(Harm::stopped, level, longer);
    expect_signed(ordeal, longer);
    EXPECT_GE(ordeal.blows, 5U);
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, out_of_descriptors_signing_continues) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    const auto ordeal = signer.suffer(Harm::starved, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U) << "the monitor did not run out of descriptors";
    EXPECT_LT(ordeal.watching, 10U);
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, flooded_by_viewers_signing_continues) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    const auto ordeal = signer.suffer(Harm::flooded, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U) << "the flood was too short";
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, hostile_brokers_signing_continues) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    BesideMonitor signer{BesideMonitor::Brokers::hostile};
    const auto ordeal = signer.suffer(Harm::hostile, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U) << "hostile brokers were not detected";
    const auto monitor = signer.ask_monitor("/api/state").json().at("monitor");
    EXPECT_LE(monitor.at("zmq_sockets").to_number<unsigned>(), monitor.at("zmq_cap").to_number<unsigned>());
    EXPECT_GT(monitor.at("zmq_opened").to_number<unsigned>(), 10U)
        << "no socket was replaced: no hostile frames arrived";
    EXPECT_EQ(signer.ask_monitor("/livez").status, 200U);
}

}  // namespace
}  // namespace revenant::test
