// Bad clients of `revenant serve`: a well-behaved baker misses no signature meanwhile, and afterwards the server's
// resources are as before.
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
constexpr int share = 3;  // divisor of the crowd; still more clients than the connection limit
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

/// Runs wrk with `connections` connections for one wave; returns its output.
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

/// A remote signer for a device with two keys, with its resources at rest.
class Besieged {
public:
    Besieged() {
        device_.sign.reset();  // the server claims this interface
        device_.management.reset();
        ask_once();
        at_rest_ = look();
    }

    /// Runs the crowd, wrk and one baker; expects that the baker misses no signature.
    void wave(CrowdSizes sizes, int wrk_connections = 0, const std::string& script = {}) {
        const Rhythm rhythm{milliseconds{250}, wave_seconds * 4, next_level_};
        next_level_ += rhythm.levels;
        for (auto& [manner, count] : sizes)
            count /= unsigned{share};
        auto hammered = wrk_connections > 0 ? wrk(port_, wrk_connections / share, script) : std::future<std::string>{};
        Crowd crowd{port_, nobody, sizes};
        SteadyBaker baker{port_, device_.keys, rhythm};
        EXPECT_TRUE(baker.ended(Deadline{milliseconds{60'000}})) << "the baker did not finish";
        const auto tally = baker.end();
        const auto came = crowd.end();
        std::cout << "the baker: " << tally.text() << "\nthe crowd's connections: " << text(came) << '\n';
        for (const auto& [manner, count] : sizes)
            EXPECT_GE(came.at(manner), count) << "too few connections to be a load";
        if (hammered.valid()) {
            const auto said = hammered.get();
            std::cout << said;
            EXPECT_NE(said.find("Requests/sec"), std::string::npos) << "wrk did not run";
        }
        EXPECT_EQ(tally.failure, "");
        EXPECT_EQ(tally.misses.size(), 0U) << "first miss: " << tally.misses.front().what;
        EXPECT_EQ(device_.suite.restarts("signer"), 0U);
    }

    /// Takes the memory after the first wave as the baseline: it includes one-time allocations.
    void remember_memory() { at_rest_.pss_kib = settled().pss_kib; }

    /// Expects the resources of the baseline, after the crowd has left.
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
    /// Ensures that the device is connected.
    void ask_once() {
        const auto& key = device_.keys.front();
        const auto message = operation(key.curve, tezos::Kind::block, 0);
        HttpClient client{port_};
        signature_in(ask_signature(client, key, message), key, message);
    }
    /// Resources of the server with one idle client.
    Holdings look() {
        HttpClient client{port_};
        EXPECT_EQ(client.ask("GET", "/readyz").status, 200U);
        return holdings(device_.suite.pid("signer"));
    }
    /// The same, after the server has closed the other connections.
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

/// Repeats the same wave.
void endure(const CrowdSizes& sizes, int wrk_connections = 0, const std::string& script = {}) {
    Besieged server;
    server.wave(sizes, wrk_connections, script);
    server.remember_memory();
    for (auto left = rounds(1); left > 0; --left)
        server.wave(sizes, wrk_connections, script);
    server.expect_as_before();
}

TEST(load, all_kinds_at_once_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    NEEDS_TOOLS("wrk");
    endure({{Manner::half_request, 100},
            {Manner::slow_reader, 50},
            {Manner::oversize, 50},
            {Manner::pipelined, 50},
            {Manner::comes_and_goes, 50}},
           200, "wrk_mixed.lua");
}

TEST(load, half_requests_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    endure({{Manner::half_request, 500}});
}

TEST(load, slow_readers_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    endure({{Manner::slow_reader, 500}});
}

TEST(load, oversize_bodies_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    endure({{Manner::oversize, 500}});
}

TEST(load, pipelined_signatures_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    endure({{Manner::pipelined, 500}});
}

TEST(load, closing_connections_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    endure({{Manner::comes_and_goes, 500}});
}

TEST(load, busy_connections_keep_baker_served) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    NEEDS_TOOLS("wrk");
    endure({}, 500);
}

}  // namespace
}  // namespace revenant::test
