#include "test/support/monitor/monitor_worlds.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>

#include <gtest/gtest.h>
#include <zmq.hpp>

#include "test/support/basics/spawned.hpp"

/// The monitor leaks nothing, whatever its dependency does; and the test detects injected leaks.
namespace revenant::test {
namespace {

/// TEST_ROUNDS overrides the default.
int count_checks() {
    const char* const rounds = std::getenv("TEST_ROUNDS");
    return rounds == nullptr ? 2000 : std::stoi(rounds);
}
const int checks = count_checks();

class worlds : public ::testing::TestWithParam<World> {};

std::string told(const Outcome& outcome) {
    std::string text = std::to_string(outcome.answered) + " of " + std::to_string(outcome.checks) + " answered, " +
                       std::to_string(outcome.opened) + " sockets were opened, at most " +
                       std::to_string(outcome.max_open) + " open, " + std::to_string(outcome.discarded) +
                       " messages discarded, " + std::to_string(outcome.viewers) + " viewers, memory in bytes";
    for (const auto bytes : outcome.growth)
        text += " " + std::to_string(bytes);
    for (const auto& leak : outcome.leaks())
        text += "\n  " + leak;
    return text;
}

TEST_P(worlds, run_without_leaks) {
    const auto outcome = run_world(GetParam(), checks);
    std::cout << GetParam().name << ": " << told(outcome) << '\n';
    EXPECT_TRUE(outcome.leaks().empty()) << told(outcome);
    EXPECT_EQ(outcome.checks, checks);
    EXPECT_EQ(outcome.stale, 0);
    EXPECT_LE(outcome.max_open, 1U);
    const auto& behaviour = GetParam().behaviour;
    const bool answers = behaviour == "drop" || behaviour == "well";
    const bool always = behaviour == "well" && GetParam().restarts == 0;
    EXPECT_GT(outcome.answered, always ? checks / 2 : answers ? 0 : -1);
    EXPECT_LE(outcome.answered, answers || behaviour == "late" ? checks : 0);
    EXPECT_GT(outcome.viewers, GetParam().viewers > 0 ? 50 : -1);
    EXPECT_GT(outcome.discarded, GetParam().echo ? 0 : -1);
}

INSTANTIATE_TEST_SUITE_P(all, worlds,
                         ::testing::Values(World{"all_well", "well"}, World{"a_fifth_dropped", "drop"},
                                           World{"late_replies", "late", 30},
                                           World{"late_tagged_replies", "late", 30, 0, 0, true},
                                           World{"no_listener", ""}, World{"http_server", "http"},
                                           World{"garbage", "garbage"}, World{"hostile", "hostile"},
                                           World{"killed_and_restarted", "well", 0, 100},
                                           World{"fifty_viewers_come_and_go", "well", 0, 0, 50}),
                         [](const auto& world) { return world.param.name; });

TEST(worlds_test, reused_socket_is_faster_than_new_ones) {
    double reused = 0, renewed = 0;  // best of five, since the machine may be busy
    for (int round = 0; round < 5; ++round) {
        reused = std::max(reused, check_rate(checks, true));
        renewed = std::max(renewed, check_rate(checks / 4, false));
    }
    std::cout << reused << " checks per second on one socket, " << renewed << " on a new one each: " << reused / renewed
              << " times\n";
    EXPECT_GT(reused / renewed, 1.5);  // at least 2.5 on an idle machine
}

TEST(worlds_test, unclosed_sockets_are_detected) {
    std::vector<::zmq::socket_t> kept;
    monitor::ZmqHabits habits;
    habits.abandon = [&kept](::zmq::socket_t socket) { kept.push_back(std::move(socket)); };
    const auto outcome = run_world(World{"dropped", "drop"}, checks / 10, habits, [&kept] { kept.clear(); });
    std::cout << told(outcome) << '\n';
    EXPECT_FALSE(outcome.leaks().empty());
    EXPECT_LE(outcome.max_open, monitor::ZmqSockets::cap);
}

/// Messages to a dead peer in closed sockets: with the default linger they stay and keep their resources.
class lingering : public ::testing::TestWithParam<int> {};

TEST_P(lingering, lingering_sockets_are_detected) {
    World world{"no_listener", ""};
    world.port = free_port();
    monitor::ZmqHabits habits;
    habits.linger_ms = GetParam();
    habits.immediate = false;
    habits.reconnect_most_ms = 100;
    std::optional<Spawned> peer;
    const auto deliver = [&] {
        const std::vector<std::string> arguments{REVENANT_MONITOR_PEER, world.port, "well"};
        peer.emplace(arguments, 1);
    };
    const auto outcome = run_world(world, checks / 10, habits, deliver);
    std::cout << told(outcome) << '\n';
    EXPECT_EQ(outcome.leaks().empty(), GetParam() == 0);
}

INSTANTIATE_TEST_SUITE_P(of, lingering, ::testing::Values(0, -1), [](const auto& linger) {
    return linger.param == 0 ? std::string{"nothing"} : std::string{"the_default"};
});

}  // namespace
}  // namespace revenant::test
