// Known failure causes of such systems, one test each, with the real programs.
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test/support/suite/baker.hpp"
#include "test/support/suite/disk.hpp"
#include "test/support/suite/status.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;
using boost::json::object;
using host::Interface;
using tezos::Kind;

/// Voluntary context switches and CPU time of all threads of a process.
struct Work {
    std::uint64_t waits = 0;
    std::chrono::milliseconds time{0};
};

Work work_of(pid_t pid) {
    Work work;
    for (const auto& task : fs::directory_iterator{"/proc/" + std::to_string(pid) + "/task"}) {
        std::ifstream lines{task.path() / "status"};
        for (std::string word; lines >> word;)
            if (std::uint64_t count = 0; word == "voluntary_ctxt_switches:" && lines >> count)
                work.waits += count;
        std::ifstream stat{task.path() / "stat"};
        std::string word;
        std::uint64_t user = 0, system = 0;
        for (int skipped = 0; skipped < 13; ++skipped)  // proc(5): utime and stime are fields 14 and 15
            stat >> word;
        stat >> user >> system;
        work.time +=
            std::chrono::milliseconds{(user + system) * 1000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK))};
    }
    return work;
}

constexpr std::uint64_t on_its_beat = 40;  // a beat a second and a few timers, on each thread
constexpr std::uint64_t trying_again = 3'000;

/// Expects few context switches and little CPU time of each program during 2 s.
void expect_calm(Suite& suite, const std::string& circumstance, std::uint64_t max_waits = on_its_beat) {
    constexpr milliseconds span{2'000};
    std::map<std::string, std::pair<pid_t, Work>> before;
    for (const std::string program : {"liveness", "registrar", "gadget"})
        if (const auto pid = suite.pid(program); pid != 0)
            before[program] = {pid, work_of(pid)};
    ::poll(nullptr, 0, static_cast<int>(span.count()));  // the measured interval
    for (const auto& [program, measured] : before) {
        const auto after = work_of(measured.first);
        EXPECT_LT(after.waits - measured.second.waits, max_waits) << program << ", " << circumstance;
        EXPECT_LT((after.time - measured.second.time).count(), 200) << program << ", " << circumstance;
    }
}

/// Listens in place of a program; accepts connections and closes them at once.
class Slammer {
public:
    explicit Slammer(const fs::path& path)
        : listener_{checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")} {
        // Renamed after listen(), so that the socket accepts connections as soon as it is visible.
        const stream_protocol::endpoint here{path.string() + "-"};
        checked(::bind(listener_.get(), here.data(), static_cast<socklen_t>(here.size())), "bind", path);
        checked(::listen(listener_.get(), 16), "listen", path);
        fs::rename(here.path(), path);
        thread_ = std::thread{[this] {
            for (int peer = 0; (peer = ::accept(listener_.get(), nullptr, nullptr)) >= 0; ++accepted_)
                ::close(peer);
        }};
    }
    Slammer(const Slammer&) = delete;
    Slammer& operator=(const Slammer&) = delete;
    ~Slammer() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
    }
    [[nodiscard]] unsigned accepted() const { return accepted_; }

private:
    UniqueFd listener_;
    std::atomic<unsigned> accepted_ = 0;
    std::thread thread_;
};

/// Creates a socket file like that of a dead process.
void leave_stale_socket(const fs::path& path) {
    const UniqueFd listener{checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
    const stream_protocol::endpoint here{path.string()};
    checked(::bind(listener.get(), here.data(), static_cast<socklen_t>(here.size())), "bind", path);
}

TEST(reads, interrupted_by_disable_leak_nothing) {
    Suite suite;
    RawHost host{suite.run_dir()};
    std::optional<Footprint> gadget, registrar, liveness;
    for (unsigned cycle = 0; cycle < 105; ++cycle) {
        host.plug();
        auto sign = host.claim(Interface::sign);
        auto management = host.claim(Interface::management);
        ASSERT_TRUE(std::holds_alternative<StatusResponse>(sign.ask(StatusRequest{})));
        ASSERT_TRUE(std::holds_alternative<StatusResponse>(management.ask(StatusRequest{})));
        host.unplug();
        ASSERT_TRUE(sign.closed(Deadline{Suite::patience}));
        ASSERT_TRUE(management.closed(Deadline{Suite::patience}));
        if (cycle == 5) {  // after all one-time allocations
            suite.wait_status("gadget", waiting);
            gadget = suite.footprint("gadget");
            registrar = suite.footprint("registrar");
            liveness = suite.footprint("liveness");
        }
    }
    EXPECT_TRUE(suite.returns_to(*gadget, "gadget"));
    EXPECT_TRUE(suite.returns_to(*registrar, "registrar"));
    EXPECT_TRUE(suite.returns_to(*liveness, "liveness"));
    EXPECT_EQ(number(suite.status("gadget"), "sessions"), 105U);
}

TEST(work, is_bounded_under_request_burst) {
    const Disk disk;
    SuiteSettings settings;
    settings.environment = disk.environment();
    settings.gadget = {"--signing-queue", "4", "--signing-workers", "2", "--management-queue", "2"};
    Baker baker{settings};
    baker.signature(baker.keys[0], operation(baker.keys[0].curve, Kind::block, 0));  // opens the chain's file
    const auto before = baker.suite.footprint("gadget");
    std::optional<LineReader> lines{baker.suite.connect("gadget/status.sock")};
    std::vector<std::future<host::Answer>> signing, managing;
    std::optional<UniqueFd> held{disk.hold()};  // else a fast device signs each request before the next one arrives
    for (std::int32_t level = 11; level <= 210; ++level)  // above the reserve
        signing.push_back(baker.ask(baker.keys[0], operation(baker.keys[0].curve, Kind::block, level)));
    for (int i = 0; i < 10; ++i)
        managing.push_back(baker.management->ask(UnlockRequest{{baker.keys[0].id}, passphrase()}));
    baker.suite.wait_status("gadget", [](const object& s) { return number(s, "busy") >= 200 - 6; });
    held.reset();
    unsigned busy = 0, signatures = 0, unlocked = 0;
    for (auto& answer : signing) {
        const auto response = response_of(std::move(answer));
        busy += error_of(response) == ErrorCode::busy ? 1U : 0U;
        signatures += std::holds_alternative<SignResponse>(response) ? 1U : 0U;
    }
    EXPECT_EQ(busy, 200U - 6);
    EXPECT_EQ(signatures, 6U);
    for (auto& answer : managing)
        unlocked += std::holds_alternative<UnlockResponse>(response_of(std::move(answer))) ? 1U : 0U;
    EXPECT_GE(unlocked, 3U);
    EXPECT_LT(unlocked, 10U);
    const auto last = baker.suite.wait_status("gadget", [](const object& s) { return number(s, "jobs") == 0; });
    EXPECT_GE(number(last, "busy"), busy);
    while (const auto line = lines->next(Deadline{milliseconds{200}})) {  // status lines published meanwhile
        const auto status = boost::json::parse(*line).as_object();
        EXPECT_LE(number(status, "jobs"), 6U + 3U);
        EXPECT_EQ(number(status, "threads"), before.threads);
    }
    lines.reset();
    EXPECT_TRUE(baker.suite.returns_to(before, "gadget"));
}

/// Mode 0755 as the program sets it, independent of the umask: the program rejects a group-writable one.
void make_run_directory(const Suite& suite, const std::string& program) {
    fs::create_directory(suite.run_dir() / program);
    fs::permissions(suite.run_dir() / program, fs::perms{0755});
}

TEST(retries, are_rare_without_registrar) {
    SuiteSettings settings;
    settings.start = false;
    Suite suite{settings};
    suite.start("gadget");
    suite.start("liveness");
    suite.wait_for_socket("gadget/status.sock");
    suite.wait_for_socket("liveness/status.sock");
    expect_calm(suite, "no registrar directory");
    make_run_directory(suite, "registrar");
    leave_stale_socket(suite.run_dir() / "registrar" / "enabled.sock");
    expect_calm(suite, "a stale enabled.sock");
    fs::remove_all(suite.run_dir() / "registrar");
    suite.start("registrar");
    suite.wait_for_socket("registrar/bus.sock");
    const auto cable = suite.connect("registrar/bus.sock");
    suite.wait_status("gadget", enabled);
}

TEST(retries, are_rare_without_liveness) {
    SuiteSettings settings;
    settings.start = false;
    Suite suite{settings};
    suite.start("gadget");
    suite.start("registrar");
    suite.wait_for_socket("registrar/bus.sock");
    const auto cable = suite.connect("registrar/bus.sock");
    suite.wait_status("gadget", enabled);
    expect_calm(suite, "no liveness directory");
    make_run_directory(suite, "liveness");
    leave_stale_socket(suite.run_dir() / "liveness" / "heartbeat.sock");
    leave_stale_socket(suite.run_dir() / "liveness" / "ready.sock");
    expect_calm(suite, "a stale heartbeat.sock and ready.sock");
    suite.start("liveness");
    wait_ready(suite);
}

TEST(retries, are_rare_when_peer_closes_at_once) {
    SuiteSettings settings;
    settings.start = false;
    Suite suite{settings};
    suite.start("gadget");
    suite.start("registrar");
    suite.wait_for_socket("registrar/bus.sock");
    const auto cable = suite.connect("registrar/bus.sock");
    suite.wait_status("gadget", enabled);
    make_run_directory(suite, "liveness");
    {
        const Slammer heartbeat{suite.run_dir() / "liveness" / "heartbeat.sock"};
        const Slammer ready{suite.run_dir() / "liveness" / "ready.sock"};
        expect_calm(suite, "heartbeat.sock and ready.sock close at once", trying_again);
        EXPECT_GT(heartbeat.accepted(), 0U);
        EXPECT_GT(ready.accepted(), 0U);
    }
    suite.stop("registrar");
    {
        const Slammer announcement{suite.run_dir() / "registrar" / "enabled.sock"};
        expect_calm(suite, "enabled.sock closes at once", trying_again);
        EXPECT_GT(announcement.accepted(), 0U);
    }
    suite.start("registrar");
    suite.start("liveness");
    suite.wait_status("registrar", [](const object& status) { return status.at("state") == "unplugged"; });
    const auto again = suite.connect("registrar/bus.sock");
    wait_ready(suite);
}

TEST(cancellation, unplug_ends_all_session_work) {
    Baker baker;
    baker.leave();
    RawHost host{baker.suite.run_dir()};
    host.plug();
    auto sign = host.claim(Interface::sign);
    for (std::int32_t level = 1; level <= 50; ++level) {
        const Request request = SignRequest{baker.keys[0].address, operation(baker.keys[0].curve, Kind::block, level)};
        sign.send(encode(FrameType::request, random_id(), encode(request)));
    }
    host.unplug();
    const auto idle = baker.suite.wait_status(
        "gadget", [](const object& status) { return waiting(status) && number(status, "jobs") == 0; });
    expect_calm(baker.suite, "unplugged with jobs in flight");
    const auto later = baker.suite.status("gadget");
    for (const auto* counter : {"packets", "frames", "frames_sent", "requests", "beats", "signatures"})
        EXPECT_EQ(number(later, counter), number(idle, counter)) << counter;
}

TEST(state, is_reset_with_each_session) {
    Suite suite;
    RawHost host{suite.run_dir()};
    host.plug();
    auto cut = host.claim(Interface::management);
    ASSERT_TRUE(std::holds_alternative<StatusResponse>(cut.ask(StatusRequest{})));
    const auto whole = encode(FrameType::request, random_id(), Bytes(1000, 0x56));
    cut.send(ByteView{whole}.first(500));
    const auto read = [&](const object& status) { return number(status, "packets") >= 2; };
    suite.wait_status("gadget", read);
    host.unplug();
    host.plug();
    auto next = host.claim(Interface::management);
    EXPECT_TRUE(std::holds_alternative<StatusResponse>(next.ask(StatusRequest{})));
}

TEST(state, partial_frame_of_dead_host_is_dropped) {
    Suite suite;
    RawHost host{suite.run_dir()};
    host.plug();
    const auto whole = encode(FrameType::request, random_id(), Bytes(100'000, 0x56));
    {
        auto cut = host.claim(Interface::management);
        cut.send(ByteView{whole}.first(500));
        suite.wait_status("gadget", [](const object& status) { return number(status, "packets") >= 1; });
    }
    const auto dropped = [](const object& status) { return number(status, "partial_dropped") == 1; };
    suite.wait_status("gadget", dropped);
    auto next = host.claim(Interface::management);
    EXPECT_TRUE(std::holds_alternative<StatusResponse>(next.ask(StatusRequest{})));
}

TEST(state, partial_frame_on_open_pipe_is_dropped) {
    Suite suite;
    RawHost host{suite.run_dir()};
    host.plug();
    auto pipe = host.claim(Interface::management);
    const auto whole = encode(FrameType::request, random_id(), Bytes(100'000, 0x56));
    pipe.send(ByteView{whole}.first(500));
    suite.wait_status("gadget", [](const object& status) { return number(status, "partial_dropped") == 1; });
    EXPECT_TRUE(std::holds_alternative<StatusResponse>(pipe.ask(StatusRequest{})));
}

TEST(connections, close_when_their_announcement_ends) {
    Suite suite;
    RawHost host{suite.run_dir()};
    host.plug();
    suite.wait_for_socket("registrar/enabled.sock");
    suite.wait_for_socket("liveness/ready.sock");
    const auto follower = suite.connect("registrar/enabled.sock");
    const auto believer = suite.connect("liveness/ready.sock");
    EXPECT_FALSE(closed_by_peer(believer.get(), Deadline{milliseconds{3'000}}));  // longer than the heartbeat timeout
    EXPECT_FALSE(closed_by_peer(follower.get(), Deadline{milliseconds{0}}));
    host.unplug();
    EXPECT_TRUE(closed_by_peer(follower.get(), Deadline{Suite::patience}));
    EXPECT_TRUE(closed_by_peer(believer.get(), Deadline{Suite::patience}));

    host.plug();
    suite.wait_for_socket("liveness/ready.sock");
    const auto plugged = suite.connect("registrar/enabled.sock");
    const auto again = suite.connect("liveness/ready.sock");
    suite.signal("gadget", SIGKILL);
    EXPECT_TRUE(closed_by_peer(again.get(), Deadline{Suite::patience}));
    EXPECT_FALSE(closed_by_peer(plugged.get(), Deadline{milliseconds{200}}));  // the cable is still plugged in
}

TEST(liveness, second_gadget_replaces_first) {
    SuiteSettings settings;
    settings.start = false;
    settings.liveness = {"--deadline-ms", "10000"};
    Suite suite{settings};
    suite.start("liveness");
    suite.wait_for_socket("liveness/heartbeat.sock");
    const auto first = suite.connect("liveness/heartbeat.sock");
    ASSERT_EQ(::send(first.get(), "b", 1, MSG_NOSIGNAL), 1);
    suite.wait_for_socket("liveness/ready.sock");
    const auto believer = suite.connect("liveness/ready.sock");
    const auto second = suite.connect("liveness/heartbeat.sock");
    ASSERT_EQ(::send(second.get(), "b", 1, MSG_NOSIGNAL), 1);
    EXPECT_TRUE(closed_by_peer(first.get(), Deadline{Suite::patience}));
    suite.wait_status("liveness", [](const object& status) {
        return number(status, "replaced") == 1 && status.at("state") == "alive";
    });
    suite.wait_for_socket("liveness/ready.sock");
    EXPECT_FALSE(closed_by_peer(second.get(), Deadline{milliseconds{100}}));
}

}  // namespace
}  // namespace revenant::test
