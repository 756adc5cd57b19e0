// Whatever is done to the monitor, a baker misses nothing: the signer and its device have one processor, the monitor
// and all that is done to it the other one.
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
    EXPECT_EQ(tally.misses.size(), 0U) << "the first: " << tally.misses.front().what;
    EXPECT_GE(tally.signatures,
              6U * static_cast<unsigned>(of_levels));  // three kinds with two keys, and what is asked twice
    EXPECT_EQ(ordeal.restarts, 0U);
    if (memory_tells) {
        EXPECT_LT(ordeal.max_pss_kib, max_pss_kib);
    }
}

TEST(monitor_harm, killed_again_and_again_it_keeps_no_baker_waiting_and_comes_back) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    const auto ordeal = signer.suffer(Harm::killed, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U);
    EXPECT_GT(ordeal.watching, 0U) << "nobody came back to it";
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, stopped_it_keeps_no_baker_waiting_and_goes_on) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    constexpr auto longer = 2 * levels;  // its signer has nowhere to put what it tells, and gives it up after 5 s
    const auto ordeal = signer.suffer(Harm::stopped, level, longer);
    expect_signed(ordeal, longer);
    EXPECT_GE(ordeal.blows, 5U);
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, starved_of_descriptors_it_keeps_no_baker_waiting_and_recovers) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    const auto ordeal = signer.suffer(Harm::starved, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U) << "it was not starved";
    EXPECT_LT(ordeal.watching, 10U);
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, flooded_by_a_thousand_viewers_it_keeps_no_baker_waiting_and_lets_them_go) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    BesideMonitor signer{BesideMonitor::Brokers::none};
    const auto ordeal = signer.suffer(Harm::flooded, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U) << "it was not flooded for long";
    EXPECT_TRUE(signer.monitor_recovers());
}

TEST(monitor_harm, fed_hostile_frames_it_keeps_no_baker_waiting_and_sees_through_them) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    BesideMonitor signer{BesideMonitor::Brokers::hostile};
    const auto ordeal = signer.suffer(Harm::hostile, level, levels);
    expect_signed(ordeal);
    EXPECT_GE(ordeal.blows, 5U) << "hostile brokers were not found to be";
    const auto monitor = signer.ask_monitor("/api/state").json().at("monitor");
    EXPECT_LE(monitor.at("zmq_sockets").to_number<unsigned>(), monitor.at("zmq_cap").to_number<unsigned>());
    EXPECT_GT(monitor.at("zmq_opened").to_number<unsigned>(), 10U) << "no socket was given up: nothing hostile came";
    EXPECT_EQ(signer.ask_monitor("/livez").status, 200U);
}

}  // namespace
}  // namespace revenant::test
