// The socket contract, tested with socat: which sockets exist, accept and stay open, and for how long.
#include <algorithm>
#include <array>
#include <list>
#include <map>
#include <random>

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "test/support/basics/tool.hpp"
#include "test/support/suite/baker.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

/// A socat process connected to a socket; writes the received bytes to a pipe.
class Socat {
public:
    explicit Socat(const fs::path& socket) {
        const auto out = pipe_to(lines_), errors = pipe_to(notices_);
        supervisor::Command command;
        command.argv = {path_of_tool("socat"), "-d", "-d", "-u", "UNIX-CONNECT:" + socket.string(), "-"};
        command.output = out.get();
        command.errors = errors.get();
        child_.emplace(command);
    }

    /// Waits until socat reports the connection; false if it fails.
    bool connected(const Deadline& deadline) {
        while (const auto notice = notices_->next(deadline))
            if (notice->find("starting data transfer loop") != std::string::npos)
                return true;
        return false;
    }
    /// Waits for its exit, after a close or a failed connection; false at the deadline.
    bool ended(const Deadline& deadline) const { return deadline.readable(child_->ended()); }
    /// Exit code after ended(): 0 if it was connected, else 1.
    int code() { return child_->reap(); }
    std::optional<std::string> line(const Deadline& deadline) { return lines_->next(deadline); }

private:
    /// Returns the write end.
    static UniqueFd pipe_to(std::optional<LineReader>& reader) {
        std::array<int, 2> pipe{};
        checked(::pipe2(pipe.data(), O_CLOEXEC), "pipe2");
        reader.emplace(UniqueFd{pipe[0]});
        return UniqueFd{pipe[1]};
    }

    std::optional<LineReader> lines_, notices_;
    std::optional<supervisor::Child> child_;
};

bool is_refused(const fs::path& socket) {
    Socat stranger{socket};
    return stranger.ended(Deadline{Suite::patience}) && stranger.code() != 0;
}

bool connects(Socat& stranger) {
    return stranger.connected(Deadline{Suite::patience});
}

/// True if not closed within 3 s, longer than the heartbeat timeout.
bool stays_open(const Socat& stranger) {
    return !stranger.ended(Deadline{milliseconds{3'000}});
}

bool ends_soon(Socat& stranger) {
    return stranger.ended(Deadline{Suite::patience}) && stranger.code() == 0;
}

TEST(socket_contract, sockets_open_only_while_state_holds) {
    NEEDS_TOOLS("socat");
    Suite suite;
    suite.wait_for_socket("gadget/status.sock");
    suite.wait_for_socket("liveness/heartbeat.sock");
    suite.wait_for_socket("registrar/bus.sock");
    const auto run = suite.run_dir();
    const std::array truths{run / "registrar" / "enabled.sock", run / "liveness" / "ready.sock",
                            run / "gadget" / "ep-sign.sock", run / "gadget" / "ep-management.sock"};

    for (const auto& socket : truths)  // unplugged
        EXPECT_TRUE(!fs::exists(socket) && is_refused(socket)) << socket;

    RawHost host{run};
    host.plug();
    std::list<Socat> socket_contract;
    for (const auto& socket : truths) {
        ASSERT_TRUE(wait_for_path(socket, true, Deadline{Suite::patience})) << socket;
        socket_contract.emplace_back(socket);
    }
    for (auto& stranger : socket_contract)
        EXPECT_TRUE(connects(stranger));
    EXPECT_TRUE(stays_open(socket_contract.front()));
    for (auto& stranger : socket_contract)
        EXPECT_FALSE(stranger.ended(Deadline{milliseconds{0}}));

    host.pull();
    for (auto& stranger : socket_contract)
        EXPECT_TRUE(ends_soon(stranger));
    for (const auto& socket : truths)
        EXPECT_TRUE(wait_for_path(socket, false, Deadline{Suite::patience}) && is_refused(socket)) << socket;

    host.plug();
    suite.wait_for_socket("liveness/ready.sock");
    Socat plugged{truths[0]}, alive{truths[1]};
    ASSERT_TRUE(connects(plugged) && connects(alive));
    suite.stop("gadget");
    EXPECT_TRUE(ends_soon(alive));
    EXPECT_TRUE(stays_open(plugged));
    EXPECT_TRUE(is_refused(truths[1]));
    EXPECT_TRUE(is_refused(truths[2]));
    suite.start("gadget");
    suite.wait_for_socket("liveness/ready.sock");
    Socat again{truths[1]};
    EXPECT_TRUE(connects(again) && stays_open(again));
}

TEST(socket_contract, status_sends_json_line_per_change) {
    NEEDS_TOOLS("socat");
    Suite suite;
    for (const std::string program : {"registrar", "gadget", "liveness"})
        suite.wait_for_socket(program + "/status.sock");
    std::map<std::string, Socat> readers;
    for (const std::string program : {"registrar", "gadget", "liveness"}) {
        auto& reader = readers.try_emplace(program, suite.run_dir() / program / "status.sock").first->second;
        const auto line = reader.line(Deadline{Suite::patience});
        ASSERT_TRUE(line) << program;
        const auto status = boost::json::parse(*line).as_object();
        EXPECT_EQ(status.at("program").as_string(), program);
        for (const auto* word : {"state", "since"})
            EXPECT_FALSE(status.at(word).as_string().empty()) << *line;
        for (const auto* number : {"pid", "descriptors", "threads"})
            EXPECT_GT(status.at(number).to_number<std::int64_t>(), 0) << *line;
    }
    const auto cable = suite.connect("registrar/bus.sock");
    for (auto& [program, reader] : readers) {
        std::string state = "waiting";
        while (state == "waiting" || state == "unplugged") {
            const auto line = reader.line(Deadline{Suite::patience});
            ASSERT_TRUE(line) << program;
            state = boost::json::parse(*line).at("state").as_string();
        }
        EXPECT_EQ(state, program == "liveness" ? "alive" : "enabled");
    }
}

/// Random bytes with some frame starts; seeded, so that a failure can be reproduced.
std::string garbage(unsigned seed) {
    std::mt19937 random{seed};
    std::string bytes(64 * 1024, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    for (std::size_t at = 0; at < bytes.size(); at += 1000)
        bytes[at] = 0x56;  // a frame's first byte
    return bytes;
}

TEST(garbage, on_any_socket_is_harmless) {
    Baker baker;
    wait_ready(baker.suite);
    auto noise = garbage(seed());
    for (const std::string socket :
         {"liveness/heartbeat.sock", "liveness/ready.sock", "liveness/status.sock", "registrar/enabled.sock",
          "registrar/status.sock", "gadget/status.sock", "gadget/ep-sign.sock", "gadget/ep-management.sock"}) {
        baker.suite.wait_for_socket(socket);
        if (socket == "gadget/ep-sign.sock")
            baker.leave();  // its clients hold the endpoints
        RawHost host{baker.suite.run_dir()};
        host.plug();
        baker.suite.wait_for_socket(socket);
        const auto stranger = baker.suite.connect(socket);
        ::send(stranger.get(), noise.data(), noise.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    {
        // On the bus 8 bytes are a control request; eight 0xFF bytes would unplug the cable.
        std::replace(noise.begin(), noise.end(), '\xff', '\0');
        const auto bus = baker.suite.connect("registrar/bus.sock");
        ::send(bus.get(), noise.data(), noise.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    baker.come();
    for (const auto& key : baker.keys)
        baker.signature(key, operation(key.curve, tezos::Kind::block, 1));
    for (const auto* program : {"liveness", "registrar", "gadget"})
        EXPECT_EQ(baker.suite.restarts(program), 0U) << program;
}

TEST(modes, directories_and_sockets_are_restricted) {
    Baker baker;
    wait_ready(baker.suite);
    const auto run = baker.suite.run_dir();
    const auto stat_of = [](const fs::path& path) {
        struct stat found {};
        EXPECT_EQ(::lstat(path.c_str(), &found), 0) << path;
        return found;
    };
    for (const std::string program : {"liveness", "registrar", "gadget"}) {
        const auto found = stat_of(run / program);
        EXPECT_EQ(found.st_mode, mode_t{S_IFDIR | 0755}) << program;
        EXPECT_EQ(found.st_uid, ::geteuid()) << program;
    }
    std::size_t sockets = 0;
    for (const auto& entry : fs::recursive_directory_iterator{run}) {
        if (entry.is_directory())
            continue;
        ++sockets;
        const auto found = stat_of(entry.path());
        const auto name = entry.path().filename().string();
        const bool own = name == "bus.sock" || name.substr(0, 3) == "ep-";
        EXPECT_EQ(found.st_uid, ::geteuid()) << name;
        EXPECT_TRUE(S_ISSOCK(found.st_mode)) << name;
        // 0660 if the access group exists and can be set, else 0600.
        EXPECT_TRUE((found.st_mode & 07777) == 0600 || (!own && (found.st_mode & 07777) == 0660)) << name;
    }
    EXPECT_EQ(sockets, 9U);
    for (const auto& entry : fs::recursive_directory_iterator{baker.suite.store_dir()}) {
        const auto found = stat_of(entry.path());
        EXPECT_EQ(found.st_mode & 07777, entry.is_directory() ? 0700U : 0600U) << entry.path();
    }
}

TEST(status, idle_readers_do_not_block_others) {
    Baker baker;
    RawHost host{baker.suite.run_dir()};
    host.plug();
    // Baseline with both interfaces claimed and the watermark files open.
    baker.signature(baker.keys[0], operation(baker.keys[0].curve, tezos::Kind::block, 1));
    baker.key_status(baker.keys[0].id);
    const std::array<std::string, 3> programs{"registrar", "gadget", "liveness"};
    std::vector<Footprint> before;
    for (const auto& program : programs)
        before.push_back(baker.suite.footprint(program));
    std::vector<UniqueFd> idle;
    for (int i = 0; i < 40; ++i)
        for (const auto& program : programs)
            idle.push_back(baker.suite.connect(program + "/status.sock"));
    for (std::int32_t level = 2; level <= 50; ++level) {
        baker.signature(baker.keys[0], operation(baker.keys[0].curve, tezos::Kind::block, level));
        if (level % 10 == 0)
            host.pull(), host.plug();
    }
    // 16 connections are served; later ones are closed.
    for (auto late = idle.end() - 20 * static_cast<std::ptrdiff_t>(programs.size()); late != idle.end(); ++late)
        EXPECT_TRUE(closed_by_peer(late->get(), Deadline{Suite::patience}));
    idle.clear();
    for (std::size_t i = 0; i < programs.size(); ++i) {
        EXPECT_TRUE(baker.suite.returns_to(before[i], programs[i]));
        EXPECT_EQ(baker.suite.restarts(programs[i]), 0U);
    }
}

}  // namespace
}  // namespace revenant::test
