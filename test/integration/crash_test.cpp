// Crashes of programs, unplugged cables and hanging disks, with and without requests in flight.
#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <iterator>
#include <random>

#include <gtest/gtest.h>

#include "test/support/suite/baker.hpp"
#include "test/support/suite/disk.hpp"
#include "test/support/suite/signing_burst.hpp"
#include "test/support/suite/status.hpp"

namespace revenant::test {
namespace {

using boost::json::object;
using host::Interface;
using tezos::Kind;

unsigned watchdog_kills(Suite& suite, const std::string& program) {
    return suite.service(program).at("watchdog_kills").to_number<unsigned>();
}

TEST(cable, pull_in_flight_loses_and_leaks_nothing) {
    Baker baker;
    RawHost host{baker.suite.run_dir()};
    host.plug();
    finish_burst(baker, start_burst(baker, 1));
    const auto before = baker.suite.footprint("gadget");
    const auto registrar_before = baker.suite.footprint("registrar");
    [[maybe_unused]] const auto memory_before = number(baker.suite.status("gadget"), "pss_kib");
    for (std::int32_t level = 2; level < 22; ++level) {
        auto burst = start_burst(baker, level);
        host.pull();
        finish_burst(baker, std::move(burst));
        host.plug();
    }
    EXPECT_TRUE(baker.suite.returns_to(before, "gadget"));
    EXPECT_TRUE(baker.suite.returns_to(registrar_before, "registrar"));
#ifndef __SANITIZE_ADDRESS__  // its runtime delays the release of freed memory
    EXPECT_LT(number(baker.suite.status("gadget"), "pss_kib"), memory_before + 2048);
#endif
    EXPECT_GE(number(baker.suite.status("gadget"), "sessions"), 20U);
    EXPECT_EQ(baker.suite.restarts("gadget"), 0U);
}

TEST(gadget, killed_idle_restarts_with_keys_unlocked) {
    Baker baker;
    const auto losses = number(baker.suite.status("registrar"), "ready_losses");
    baker.suite.signal("gadget", SIGKILL);
    baker.suite.wait_status("registrar",
                            [&](const object& status) { return number(status, "ready_losses") == losses + 1; });
    wait_ready(baker.suite);
    EXPECT_EQ(number(baker.suite.status("gadget"), "keys_restored_unlocked"), baker.keys.size());
    finish_burst(baker, start_burst(baker, 1));
    EXPECT_EQ(baker.suite.restarts("gadget"), 1U);
}

TEST(gadget, killed_in_flight_answers_after_restart) {
    Baker baker;
    for (std::int32_t level = 1; level <= 5; ++level) {
        auto burst = start_burst(baker, level);
        baker.suite.kill_and_wait("gadget");
        finish_burst(baker, std::move(burst));
    }
    EXPECT_EQ(baker.suite.restarts("gadget"), 5U);
}

TEST(gadget, stopped_not_ready_then_watchdog_restarts) {
    SuiteSettings settings;
    settings.watchdog = milliseconds{4'000};
    Baker baker{settings};
    baker.suite.signal("gadget", SIGSTOP);
    auto burst = start_burst(baker, 1);
    wait_ready(baker.suite, false);
    EXPECT_EQ(watchdog_kills(baker.suite, "gadget"), 0U);
    baker.suite.wait_restarts("gadget", 1);
    EXPECT_EQ(watchdog_kills(baker.suite, "gadget"), 1U);
    finish_burst(baker, std::move(burst));
}

TEST(gadget, hung_workers_restart_without_double_sign) {
    const Disk disk;
    SuiteSettings settings;
    settings.environment = disk.environment();
    settings.watchdog = milliseconds{4'000};
    Baker baker{settings};
    finish_burst(baker, start_burst(baker, 1));
    auto held = disk.hold();
    finish_burst(baker, start_burst(baker, 2));  // the reserve covers it
    constexpr std::int32_t above_reserve = 10;
    auto burst = start_burst(baker, above_reserve);
    const auto asked = std::chrono::steady_clock::now();
    wait_ready(baker.suite, false);
    // The cable is in and the event loop runs: the age of the jobs stops the heartbeats, not before 5 s.
    EXPECT_GE(std::chrono::steady_clock::now() - asked, std::chrono::milliseconds{4'500});
    EXPECT_EQ(watchdog_kills(baker.suite, "gadget"), 0U);
    EXPECT_EQ(baker.management->expect<StatusResponse>(StatusRequest{}).keys.size(), baker.keys.size());
    baker.suite.wait_restarts("gadget", 1);
    EXPECT_GE(std::chrono::steady_clock::now() - asked, std::chrono::milliseconds{9'500});
    EXPECT_EQ(watchdog_kills(baker.suite, "gadget"), 1U);
    held.reset();
    finish_burst(baker, std::move(burst));
}

TEST(gadget, survives_host_that_never_reads) {
    SuiteSettings settings;
    settings.watchdog = milliseconds{4'000};
    Baker baker{settings};
    baker.sign.reset();
    RawHost host{baker.suite.run_dir()};
    host.plug();
    auto deaf = host.claim(Interface::sign);
    [[maybe_unused]] const auto memory_before = number(baker.suite.status("gadget"), "pss_kib");
    constexpr std::size_t unbounded = 50'000;
    const auto asked = deaf.flood(encode(Request{StatusRequest{}}), milliseconds{300}, unbounded);
    EXPECT_GT(asked, 100U);
    ASSERT_LT(asked, unbounded);
    for (const Deadline enough{settings.watchdog + milliseconds{2'000}}; enough.left() > milliseconds::zero();)
        EXPECT_EQ(baker.management->expect<StatusResponse>(StatusRequest{}).keys.size(), baker.keys.size());
#ifndef __SANITIZE_ADDRESS__
    EXPECT_LT(number(baker.suite.status("gadget"), "pss_kib"), memory_before + 4096);
#endif
    EXPECT_EQ(watchdog_kills(baker.suite, "gadget"), 0U);
    EXPECT_EQ(baker.suite.restarts("gadget"), 0U);
    EXPECT_TRUE(host.ready(Interface::sign));

    // The responses arrive as soon as the host reads.
    std::size_t responses = 0;
    const Deadline deadline{Suite::patience};
    bool whole = false;
    while (responses < asked) {
        const auto frame = deaf.next_frame(deadline);
        ASSERT_TRUE(frame) << responses << " of " << asked;
        responses += frame->type == FrameType::response ? 1U : 0U;
        if (!std::exchange(whole, true))
            deaf.finish();
    }
}

TEST(liveness, killed_signing_continues_unnoticed) {
    SuiteSettings settings;
    settings.restart_delay = milliseconds{10};
    Baker baker{settings};
    RawHost host{baker.suite.run_dir()};
    host.plug();
    wait_ready(baker.suite);
    // The registrar waits 1 s for a new liveness program. A busy machine may start it later: then the host may notice,
    // and the next attempt counts.
    constexpr std::int32_t max_attempts = 30;
    bool unnoticed = false;
    for (std::int32_t level = 1; level <= max_attempts && !unnoticed; ++level) {
        const auto losses = number(baker.suite.status("registrar"), "ready_losses");
        const auto killed = std::chrono::steady_clock::now();
        baker.suite.kill_and_wait("liveness");
        auto burst = start_burst(baker, level);
        EXPECT_TRUE(host.ready(Interface::sign) || std::chrono::steady_clock::now() - killed > 1s);
        baker.suite.wait_status("registrar", [](const object& status) { return status.at("ready").as_bool(); });
        baker.suite.wait_status("liveness", [](const object& status) { return status.at("state") == "alive"; });
        const bool in_time = std::chrono::steady_clock::now() - killed < 900ms;
        finish_burst(baker, std::move(burst));
        unnoticed = in_time && number(baker.suite.status("registrar"), "ready_losses") == losses;
        EXPECT_TRUE(unnoticed || !in_time);
    }
    EXPECT_TRUE(unnoticed) << "liveness never restarted within 0.9 s in " << max_attempts << " attempts";
}

TEST(registrar, killed_keeps_pipes_and_restores_session) {
    SuiteSettings settings;
    settings.restart_delay = milliseconds{300};
    Baker baker{settings};
    baker.management.reset();
    RawHost host{baker.suite.run_dir()};
    host.plug();
    auto pipe = host.claim(Interface::management);
    ASSERT_TRUE(std::holds_alternative<StatusResponse>(pipe.ask(StatusRequest{})));
    const auto sessions = number(baker.suite.status("gadget"), "sessions");

    baker.suite.signal("registrar", SIGKILL);
    baker.suite.wait_status("gadget", waiting);  // the session is detached
    EXPECT_TRUE(std::filesystem::exists(baker.suite.run_dir() / "registrar" / "enabled.sock"));
    auto burst = start_burst(baker, 1);
    baker.suite.wait_restarts("registrar", 1);
    baker.suite.status("registrar");
    host.plug();
    EXPECT_TRUE(std::holds_alternative<StatusResponse>(pipe.ask(StatusRequest{})));  // on the same pipe as before
    EXPECT_EQ(number(baker.suite.status("gadget"), "sessions"), sessions + 1);
    finish_burst(baker, std::move(burst));
    EXPECT_EQ(baker.suite.restarts("gadget"), 0U);
}

TEST(registrar, killed_while_signing_loses_no_signature) {
    const Disk disk;
    SuiteSettings settings;
    settings.environment = disk.environment();
    Baker baker{settings};
    RawHost host{baker.suite.run_dir()};
    host.plug();
    finish_burst(baker, start_burst(baker, 1));
    // Repeated, since the baker's pipes usually survive the registrar, but not if they are probed just before the
    // device is ready again.
    for (std::int32_t level = 10; level <= 50; level += 10) {  // each above the reserve: it waits for the disk
        const auto sessions = number(baker.suite.status("gadget"), "sessions");
        auto held = disk.hold();
        auto burst = start_burst(baker, level);
        // All requests are accepted in this session; none can be answered in it.
        baker.suite.wait_status(
            "gadget", [&](const object& status) { return number(status, "jobs") == kinds.size() * baker.keys.size(); });
        baker.suite.kill_and_wait("registrar");
        baker.suite.status("registrar");
        host.plug();
        baker.suite.wait_status("gadget", [&](const object& status) { return number(status, "sessions") > sessions; });
        wait_ready(baker.suite);
        held.reset();
        finish_burst(baker, std::move(burst));
    }
    EXPECT_EQ(baker.suite.restarts("gadget"), 0U);
}

TEST(registrar, killed_with_gadget_both_recover) {
    Baker baker;
    for (std::int32_t level = 1; level <= 3; ++level) {
        auto burst = start_burst(baker, level);
        baker.suite.signal("registrar", SIGKILL);
        baker.suite.signal("gadget", SIGKILL);
        finish_burst(baker, std::move(burst));
    }
    EXPECT_EQ(baker.suite.restarts("gadget"), 3U);
    EXPECT_EQ(baker.suite.restarts("registrar"), 3U);
}

/// All paths below the run directory.
std::vector<std::string> run_files(Suite& suite) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{suite.run_dir()})
        files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

/// Number of child processes, zombies included.
std::size_t children(pid_t parent) {
    std::ifstream list{"/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children"};
    return static_cast<std::size_t>(std::distance(std::istream_iterator<pid_t>{list}, std::istream_iterator<pid_t>{}));
}

TEST(all_three, killed_in_any_order_recover_without_leaks) {
    Baker baker;
    wait_ready(baker.suite);
    const auto files = run_files(baker.suite);
    std::mt19937 random{seed()};
    std::vector<std::string> programs{"liveness", "registrar", "gadget"};
    const auto count = rounds(30);
    for (unsigned round = 1; round <= count; ++round) {
        auto burst = start_burst(baker, static_cast<std::int32_t>(round));
        std::shuffle(programs.begin(), programs.end(), random);
        for (const auto& program : programs)
            baker.suite.signal(program, SIGKILL);
        for (const auto& program : programs)
            baker.suite.wait_restarts(program, round);
        finish_burst(baker, std::move(burst));
    }
    wait_ready(baker.suite);
    EXPECT_EQ(run_files(baker.suite), files);
    EXPECT_EQ(children(baker.suite.supervisor_pid()), programs.size());
    for (const auto& program : programs)
        EXPECT_EQ(watchdog_kills(baker.suite, program), 0U);
}

std::size_t sockets_of(Suite& suite, const std::string& program) {
    const std::filesystem::directory_iterator all{suite.run_dir() / program};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

void stop_cleanly(Suite& suite, const std::string& program) {
    EXPECT_GT(sockets_of(suite, program), 0U);
    suite.stop(program);
    EXPECT_EQ(suite.service(program).at("last_exit").as_string(), "exit code 0");
    EXPECT_EQ(sockets_of(suite, program), 0U);
}

TEST(sigterm, idle_programs_exit_cleanly) {
    Suite suite;
    for (const std::string program : {"liveness", "registrar", "gadget"}) {
        suite.wait_for_socket(program + "/status.sock");
        stop_cleanly(suite, program);
    }
}

TEST(sigterm, busy_programs_finish_jobs_then_exit) {
    SuiteSettings settings;
    settings.store = PreparedStore::usual;  // for a slow unlock
    Baker baker{settings};
    const auto before = number(baker.suite.status("gadget"), "requests");
    auto unlocking = baker.management->ask(UnlockRequest{{baker.keys[0].id}, passphrase()});
    baker.suite.wait_status("gadget", [before](const object& status) { return number(status, "requests") > before; });
    auto burst = start_burst(baker, 1);
    stop_cleanly(baker.suite, "gadget");
    baker.suite.start("gadget");
    EXPECT_TRUE(std::get<UnlockResponse>(response_of(std::move(unlocking))).results.at(0).ok);
    EXPECT_TRUE(
        baker.management->expect<UnlockResponse>(UnlockRequest{{baker.keys[0].id, baker.keys[1].id}, passphrase()})
            .results.at(1)
            .ok);
    burst = start_burst(baker, 2);
    for (const std::string program : {"liveness", "registrar"}) {
        stop_cleanly(baker.suite, program);
        baker.suite.start(program);
    }
    finish_burst(baker, std::move(burst));
}

}  // namespace
}  // namespace revenant::test
