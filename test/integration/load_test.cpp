// A crowd before `revenant serve`: whatever it does, one baker that behaves well misses nothing, and when it is gone
// the server is as it was.
#include <fstream>
#include <future>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/support/basics/tool.hpp"
#include "test/support/suite/crowd.hpp"
#include "test/support/suite/served.hpp"
#include "test/support/suite/steady_baker.hpp"

namespace revenant::test {
namespace {

const std::string nobody = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
constexpr int wave_seconds = 4;
constexpr std::size_t max_growth_kib = 1024;

#ifdef __SANITIZE_ADDRESS__
constexpr int share = 3;  // of the crowd, which is still more than there are places
#else
constexpr int share = 1;
#endif

struct Holdings {
    std::size_t descriptors, threads, pss_kib;
};

Holdings holdings(pid_t process) {
    const auto count = [&](const char* what) {
        std::size_t entries = 0;
        for ([[maybe_unused]] const auto& entry :
             std::filesystem::directory_iterator{fmt::format("/proc/{}/{}", process, what)})
            ++entries;
        return entries;
    };
    std::ifstream words{fmt::format("/proc/{}/smaps_rollup", process)};
    std::size_t pss = 0;
    for (std::string word; words >> word;)
        if (word == "Pss:")
            words >> pss;
    return {count("fd"), count("task"), pss};
}

/// So many connections of wrk, for the length of a wave; what it prints.
std::future<std::string> wrk(unsigned short port, int connections, const std::string& script) {
    supervisor::Command command;
    command.argv = {path_of_tool("wrk"), "-t1", fmt::format("-c{}", connections), fmt::format("-d{}s", wave_seconds)};
    if (!script.empty())
        command.argv.insert(command.argv.end(), {"-s", REVENANT_TEST_SCRIPTS + script});
    command.argv.push_back(fmt::format("http://127.0.0.1:{}/authorized_keys", port));
    return std::async(std::launch::async, [command = std::move(command)]() mutable {
        return run_to_end(std::move(command), milliseconds{60'000}).out;
    });
}

/// A server before a device with two keys, and what it holds when nobody asks anything.
class Besieged {
public:
    Besieged() {
        device_.sign.reset();  // the server takes that interface now
        device_.management.reset();
        ask_once();
        at_rest_ = look();
    }

    /// A crowd, with some connections of wrk, and the one baker, for a while: he misses nothing.
    void wave(CrowdSizes sizes, int wrk_connections = 0, const std::string& script = {}) {
        const Rhythm rhythm{milliseconds{250}, wave_seconds * 4, next_level_};
        next_level_ += rhythm.levels;
        for (auto& [manner, count] : sizes)
            count /= unsigned{share};
        auto hammered = wrk_connections > 0 ? wrk(port_, wrk_connections / share, script) : std::future<std::string>{};
        Crowd crowd{port_, nobody, sizes};
        SteadyBaker baker{port_, device_.keys, rhythm};
        EXPECT_TRUE(baker.ended(Deadline{milliseconds{60'000}})) << "the baker does not come to its end";
        const auto tally = baker.end();
        const auto came = crowd.end();
        std::cout << "the baker: " << tally.text() << "\nthe crowd's connections: " << text(came) << '\n';
        for (const auto& [manner, count] : sizes)
            EXPECT_GE(came.at(manner), count) << "so small a crowd proves nothing";
        if (hammered.valid()) {
            const auto said = hammered.get();
            std::cout << said;
            EXPECT_NE(said.find("Requests/sec"), std::string::npos) << "wrk did not run";
        }
        EXPECT_EQ(tally.failure, "");
        EXPECT_EQ(tally.misses.size(), 0U) << "the first: " << tally.misses.front().what;
        EXPECT_EQ(device_.suite.restarts("signer"), 0U);
    }

    /// What is held from here on was allocated once, for the largest crowd.
    void remember_memory() { at_rest_.pss_kib = settled().pss_kib; }

    /// When the crowd is gone.
    void expect_as_before() {
        const auto now = settled();
        std::cout << fmt::format("the server: {} descriptors, {} threads, {} KiB; before {}, {}, {}\n", now.descriptors,
                                 now.threads, now.pss_kib, at_rest_.descriptors, at_rest_.threads, at_rest_.pss_kib);
        EXPECT_EQ(now.descriptors, at_rest_.descriptors);
        EXPECT_EQ(now.threads, at_rest_.threads);
        if (memory_tells) {
            EXPECT_LT(now.pss_kib, at_rest_.pss_kib + max_growth_kib);
        }
    }

private:
    /// The device is there after this.
    void ask_once() {
        const auto& key = device_.keys.front();
        const auto message = operation(key.curve, tezos::Kind::block, 0);
        HttpClient client{port_};
        signature_in(ask_signature(client, key, message), key, message);
    }
    /// What it holds while one client has been answered.
    Holdings look() {
        HttpClient client{port_};
        EXPECT_EQ(client.ask("GET", "/readyz").status, 200U);
        return holdings(device_.suite.pid("signer"));
    }
    /// The same, when it has noticed that the others are gone.
    Holdings settled() {
        auto now = look();
        for (const Deadline deadline{Suite::patience};
             now.descriptors != at_rest_.descriptors && deadline.left() > milliseconds::zero();)
            now = look();
        return now;
    }

    Baker device_{with_signer()};
    unsigned short port_ = device_.suite.signer_port();
    std::int32_t next_level_ = 1;
    Holdings at_rest_{};
};

/// The same crowd comes again and again.
void endure(const CrowdSizes& sizes, int wrk_connections = 0, const std::string& script = {}) {
    Besieged server;
    server.wave(sizes, wrk_connections, script);
    server.remember_memory();
    for (auto left = rounds(1); left > 0; --left)
        server.wave(sizes, wrk_connections, script);
    server.expect_as_before();
}

TEST(load, of_all_kinds_at_once_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    NEEDS_TOOLS("wrk");
    endure({{Manner::half_request, 100},
            {Manner::slow_reader, 50},
            {Manner::oversize, 50},
            {Manner::pipelined, 50},
            {Manner::comes_and_goes, 50}},
           200, "wrk_mixed.lua");
}

TEST(load, of_half_requests_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    endure({{Manner::half_request, 500}});
}

TEST(load, of_slow_readers_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    endure({{Manner::slow_reader, 500}});
}

TEST(load, of_oversize_bodies_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    endure({{Manner::oversize, 500}});
}

TEST(load, of_pipelined_signatures_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    endure({{Manner::pipelined, 500}});
}

TEST(load, of_connections_that_close_at_once_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    endure({{Manner::comes_and_goes, 500}});
}

TEST(load, of_busy_connections_keeps_no_baker_waiting_and_leaves_nothing) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    NEEDS_TOOLS("wrk");
    endure({}, 500);
}

}  // namespace
}  // namespace revenant::test
