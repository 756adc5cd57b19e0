// The monitor program with a fake signer and real sockets.
#include <algorithm>
#include <cstdlib>
#include <future>
#include <iostream>

#include <sys/resource.h>

#include "test/support/basics/descriptors.hpp"
#include "test/support/monitor/monitor_program.hpp"

namespace revenant::test {
namespace {

using std::chrono::steady_clock;
using program = MonitorProgram;

TEST_F(program, signer_status_changes_are_published) {
    FakeSigner signer{directory_.path()};
    start({"--period-ms", "60000"});
    signer.accept();
    const auto viewer = watch();
    const auto snapshot = boost::json::parse(viewer->next("snapshot").data);
    EXPECT_EQ(snapshot.at("boot").as_string().size(), 8U);
    signer.status["signatures"] = 31;
    signer.say();
    for (;;) {
        const auto event = boost::json::parse(viewer->next("signer").data);
        EXPECT_EQ(event.at("name"), "signer-0123");
        if (event.at("signatures") == 31)
            break;
    }
    EXPECT_EQ(get("/readyz").first, 200U);
    const auto metrics = get("/metrics").second;
    EXPECT_NE(metrics.find("revenant_signatures_total{signer=\"signer-0123\"} 31\n"), std::string::npos);
    signer.status["devices"].at(0).at("state") = "absent";
    signer.say();
    while (boost::json::parse(viewer->next("health").data).at("ready") == true) {
    }
    EXPECT_EQ(get("/readyz").first, 503U);
    EXPECT_EQ(get("/livez").first, 200U);
    EXPECT_EQ(get("/health").first, 503U);
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, hung_signer_is_stale_within_a_second) {
    FakeSigner signer{directory_.path()};
    start();
    signer.accept();
    const auto viewer = watch();
    viewer->next("snapshot");
    signer.say();  // the last line: from here on it accepts and sends nothing
    const auto began = steady_clock::now();
    for (;;) {
        const auto event = boost::json::parse(viewer->next("signer").data);
        if (event.at("stale") == true)
            break;
    }
    EXPECT_LE(steady_clock::now() - began, milliseconds{1'100});
    EXPECT_EQ(json("/api/state").at("signers").at(0).at("link"), "down");
    signer.status["signatures"] = 99;
    signer.say();
    while (boost::json::parse(viewer->next("signer").data).at("stale") == true) {
    }
    EXPECT_EQ(stop(), 0);
}

/// Time from the signer's line to the event at the last viewer, in milliseconds; sorted.
std::vector<double> delays(FakeSigner& signer, std::vector<std::unique_ptr<StreamClient>>& viewers, int rounds) {
    std::vector<double> all;
    for (int round = 0; round < rounds; ++round) {
        signer.status["signatures"] = signer.status.at("signatures").to_number<int>() + 1;
        const auto began = steady_clock::now();
        signer.say();
        const auto wanted = "\"signatures\":" + boost::json::serialize(signer.status.at("signatures")) + ",\"audit";
        while (viewers.back()->next("signer").data.find(wanted) == std::string::npos) {
        }
        all.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - began).count());
        for (auto& viewer : viewers)
            viewer->read_until_end(Deadline{milliseconds{0}});
    }
    std::sort(all.begin(), all.end());
    return all;
}

TEST_F(program, change_reaches_100_viewers_within_100_ms) {
    FakeSigner signer{directory_.path()};
    start({"--period-ms", "60000"});  // it raises its descriptor limit itself
    signer.accept();
    const ManyDescriptors enough;
    std::vector<std::unique_ptr<StreamClient>> viewers;
    for (const std::size_t count : {1U, 100U, 1000U}) {
        while (viewers.size() < count)
            viewers.push_back(watch());
        for (auto& viewer : viewers)
            viewer->read_until_end(Deadline{milliseconds{0}});
        const auto sorted = delays(signer, viewers, 100);
        std::cout << count << " viewers: median " << sorted[50] << " ms, p99 " << sorted[98] << " ms\n";
        EXPECT_LE(sorted[98], count == 100 ? 100 : 1000);
    }
    EXPECT_EQ(stop(), 0);
}

/// A status line of 60 kB with keys that no other line has.
std::string line_of_new_keys(int number) {
    boost::json::array keys;
    for (int key = 0; key < 400; ++key)
        keys.push_back({{"address", std::to_string(number * 400 + key)}, {"id", std::string(100, 'x')}});
    boost::json::array devices;
    for (int device = 0; device < 7; ++device)
        devices.push_back({{"serial", std::to_string(number * 7 + device)},
                           {"state", "ready"},
                           {"keys", boost::json::array(keys.begin() + device * 57, keys.begin() + (device + 1) * 57)}});
    return boost::json::serialize(boost::json::object{{"pid", number}, {"devices", devices}}) + '\n';
}

TEST_F(program, flooding_signer_leaves_livez_answered) {
    constexpr std::size_t most_viewers = memory_tells ? 300 : 30;  // each event is slow to pass on with a sanitizer
    FakeSigner signer{directory_.path()};
    start({"--period-ms", "60000"});
    signer.accept();
    const ManyDescriptors enough;
    std::vector<std::unique_ptr<StreamClient>> viewers;
    while (viewers.size() < most_viewers)
        viewers.push_back(watch());
    const auto flood = std::async(std::launch::async, [&] {
        for (int number = 0; signer.say(line_of_new_keys(number)); ++number) {
        }
    });
    const std::shared_ptr<void> ends_flood{nullptr, [this](void*) { monitor_.reset(); }};
    std::vector<double> delays;
    for (const Deadline end{milliseconds{3'000}}; end.left() > milliseconds::zero();) {
        const auto began = steady_clock::now();
        EXPECT_EQ(get("/livez").first, 200U);  // fails after 10 s
        delays.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - began).count());
        for (auto& viewer : viewers)
            viewer->read_until_end(Deadline{milliseconds{0}});
        monitor_->skip_lines();  // else a full pipe stops the monitor
    }
    std::sort(delays.begin(), delays.end());
    std::cout << delays.size() << " requests: median " << delays[delays.size() / 2] << " ms, longest " << delays.back()
              << " ms\n";
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, shutdown_closes_500_viewers_in_time) {
    FakeSigner signer{directory_.path()};
    start({"--period-ms", "60000"});
    signer.accept();
    std::vector<std::unique_ptr<StreamClient>> viewers, stuck;
    for (int count = 0; count < 50; ++count) {
        stuck.push_back(std::make_unique<StreamClient>(port_, 1));
        stuck.back()->ask("/events");
    }
    viewers.push_back(watch());
    // More than the socket buffers of viewers that do not read: 40 keys with long names are 20 KB.
    auto& keys = signer.status.at("devices").at(0).at("keys").as_array();
    while (keys.size() < 40) {
        keys.push_back(keys[0]);
        keys.back().at("address") = std::to_string(keys.size()) + std::string(240, 'x');
    }
    for (int count = 0; count < 150; ++count) {  // as fast as the monitor reads from one signer
        signer.status["signatures"] = 1000 + count;
        signer.say();
        viewers[0]->next("signer");
    }
    while (viewers.size() < 450)
        viewers.push_back(watch());
    const auto began = steady_clock::now();
    EXPECT_EQ(stop(), 0);
    const auto took = steady_clock::now() - began;
    EXPECT_LE(took, milliseconds{2'500});
    EXPECT_GE(took, milliseconds{1'900});  // the stuck viewers used the whole grace period
    for (auto& viewer : viewers) {
        viewer->next("shutdown");
        EXPECT_TRUE(viewer->read_until_end(Deadline{milliseconds{1'000}}));
        EXPECT_TRUE(viewer->ended_well());
    }
}

/// With TEST_ROUNDS set, the test uses the default keep-alive of 30 s.
TEST_F(program, keep_alive_comment_only_when_idle) {
    FakeSigner signer{directory_.path()};
    const bool is_long = std::getenv("TEST_ROUNDS") != nullptr;
    const milliseconds silence{is_long ? 30'000 : 400};
    std::vector<std::string> settings{"--period-ms", "60000"};
    if (!is_long)
        settings.insert(settings.end(), {"--keep-alive-ms", std::to_string(silence.count())});
    start(settings);
    signer.accept();
    const auto viewer = watch();
    viewer->next("snapshot");
    const auto say = [&](int signatures) {
        signer.status["signatures"] = signatures;
        signer.say();
        viewer->next("signer");
    };
    const auto greeting = 1U;  // the stream id is a comment too
    say(1000);
    for (int count = 0; count < 3; ++count) {
        viewer->read_until_end(Deadline{silence * 3 / 4});
        say(1001 + count);
    }
    EXPECT_EQ(viewer->comments(), greeting);
    const auto began = steady_clock::now();
    while (viewer->comments() == greeting && steady_clock::now() - began < silence * 2)
        viewer->read_until_end(Deadline{milliseconds{5}});
    const auto took = steady_clock::now() - began;
    EXPECT_GE(took, silence - milliseconds{20});  // the period started before the event arrived here
    EXPECT_LE(took, silence + milliseconds{200});
    viewer->read_until_end(Deadline{silence / 4});
    EXPECT_EQ(viewer->comments(), greeting + 1);
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, http_1_0_is_supported) {
    start();
    StreamClient old{port_};
    old.ask("/events", "1.0");
    const auto header = old.header();
    EXPECT_TRUE(header.starts_with("HTTP/1.0 200 OK\r\n"));
    EXPECT_EQ(header.find("chunked"), std::string::npos);
    EXPECT_NE(header.find("Connection: close"), std::string::npos);
    EXPECT_NE(header.find("X-Accel-Buffering: no"), std::string::npos);
    old.next("snapshot");
    EXPECT_EQ(old.reader().retry, "2000");
    EXPECT_EQ(get("/livez").first, 200U);
    EXPECT_EQ(stop(), 0);
    old.next("shutdown");
    EXPECT_TRUE(old.read_until_end(Deadline{milliseconds{1'000}}));
}

TEST_F(program, reconnecting_viewer_gets_missed_events) {
    FakeSigner signer{directory_.path()};
    start({"--period-ms", "60000"});
    signer.accept();
    auto viewer = watch();
    viewer->next("snapshot");
    signer.say();
    signer.status["signatures"] = 41;
    signer.say();
    const auto last = viewer->next("signer").id;
    viewer.reset();
    signer.status["signatures"] = 42;
    signer.say();
    const auto back = watch("Last-Event-ID: " + last + "\r\n");
    for (;;) {
        const auto event = back->next("signer");
        if (boost::json::parse(event.data).at("signatures") == 42)
            break;
    }
    const auto stranger = watch("Last-Event-ID: 00000000-1\r\n");
    EXPECT_EQ(boost::json::parse(stranger->next("snapshot").data).at("signers").at(0).at("signatures"), 42);
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, excess_viewers_get_503_with_retry_after) {
    start({"--max-streams", "3", "--max-streams-per-address", "2"});
    auto one = watch(), two = watch();
    StreamClient three{port_};
    three.ask("/events");
    const auto header = three.header();
    EXPECT_NE(header.find("503"), std::string::npos);
    EXPECT_NE(header.find("Retry-After: 5"), std::string::npos);
    EXPECT_EQ(get("/livez").first, 200U);
    one.reset();  // its slot is free after the close
    while (json("/api/streams").at("streams").as_array().size() > 1) {
    }
    watch();
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, foreign_host_header_is_rejected) {
    start({"--host-names", "signer.example,other"});
    const auto port = std::to_string(port_);
    for (const auto* const target : {"/", "/api/state", "/api/history", "/metrics", "/health", "/readyz", "/events"}) {
        const auto [status, body] = get(target, "evil.example:" + port);
        EXPECT_EQ(status, 421U) << target;
        EXPECT_NE(body.find("--host-names"), std::string::npos) << body;
    }
    EXPECT_EQ(json("/api/streams").at("streams").as_array().size(), 0U);
    const std::vector<std::string> right{"",       "127.0.0.1:" + port,   "[::1]:" + port, "localhost:" + port,
                                         "other.", "SIGNER.example:8080", "192.0.2.1"};
    for (const auto& host : right)
        EXPECT_EQ(get("/api/state", host).first, 200U) << host;
    EXPECT_EQ(get("/livez", "evil.example").first, 200U);
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, descriptor_exhaustion_is_survived) {
    start();
    rlimit before{};
    checked(::prlimit(monitor_->pid(), RLIMIT_NOFILE, nullptr, &before), "prlimit");
    const rlimit few{12, before.rlim_max};
    checked(::prlimit(monitor_->pid(), RLIMIT_NOFILE, &few, nullptr), "prlimit");
    std::vector<std::unique_ptr<StreamClient>> viewers;
    for (int count = 0; count < 30; ++count)
        viewers.push_back(std::make_unique<StreamClient>(port_));
    viewers.clear();
    checked(::prlimit(monitor_->pid(), RLIMIT_NOFILE, &before, nullptr), "prlimit");
    EXPECT_EQ(get("/livez").first, 200U);
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, non_loopback_address_needs_token_file) {
    Spawned refused{{REVENANT_MONITOR, "--listen-address", "0.0.0.0", "--listen-port", "0"}, 2};
    EXPECT_NE(refused.line_with("listening on 0.0.0.0 without authentication").find("--token-file"), std::string::npos);
    EXPECT_EQ(refused.wait(Deadline{milliseconds{5'000}}), 2);
}

}  // namespace
}  // namespace revenant::test
