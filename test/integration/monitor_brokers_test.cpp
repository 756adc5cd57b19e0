// The monitor with brokers that answer, are silent, or try to exhaust its memory.
#include <fstream>
#include <iostream>
#include <set>

#include <fmt/format.h>

#include "test/support/monitor/monitor_program.hpp"

namespace revenant::test {
namespace {

using std::chrono::steady_clock;
using program = MonitorProgram;

TEST_F(program, silent_endpoint_is_stale_within_a_second) {
    Spawned hole{{REVENANT_MONITOR_PEER, "*", "hole"}, 1};
    const auto port = hole.line_with("at ").substr(3);
    const auto began = steady_clock::now();
    start({"--dependencies", "z=mdp://127.0.0.1:" + port + "/sign h!=http://127.0.0.1:" + port + "/"});
    const auto viewer = watch();
    std::set<std::string> told;
    const auto take = [&](const boost::json::value& component) {
        if (component.at("kind") == "dependency") {
            EXPECT_EQ(component.at("stale"), true);
            EXPECT_EQ(component.at("state"), "unhealthy");
            told.insert(std::string{component.at("name").as_string()});
        }
    };
    const auto snapshot = boost::json::parse(viewer->next("snapshot").data);
    for (const auto& component : snapshot.at("components").as_array())
        take(component);
    while (told.size() < 2)
        take(boost::json::parse(viewer->next("component").data));
    EXPECT_LE(steady_clock::now() - began, milliseconds{1'000});
    // Five periods later both breakers are open, and no probe is sent.
    for (std::size_t open = 0; open < 2;)
        open += boost::json::parse(viewer->next("component").data).at("breaker") == "open" ? 1U : 0U;
    EXPECT_EQ(stop(), 0);
}

TEST_F(program, silent_route_falls_back_to_second) {
    Spawned hole{{REVENANT_MONITOR_PEER, "*", "hole"}, 1};
    const auto port = hole.line_with("at ").substr(3);
    start();
    Spawned other{{REVENANT_MONITOR, "--run-dir", directory_.path().string(), "--listen-port", "0", "--dependencies",
                   "b=mdp://127.0.0.1:" + port + "/s,http://127.0.0.1:" + std::to_string(port_) + "/livez"},
                  2};
    const auto line = other.line_with("dependency:b: ");
    EXPECT_NE(line.find("degraded, via http"), std::string::npos) << line;
}

TEST_F(program, broker_is_probed_for_its_service) {
    Spawned broker{{REVENANT_MONITOR_PEER, "*", "well"}, 1};
    const auto port = broker.line_with("at ").substr(3);
    start({"--dependencies", "here=mdp://127.0.0.1:" + port + "/sign gone=mdp://127.0.0.1:" + port +
                                 "/absent echo=mdp://127.0.0.1:" + port + "/sign?echo"});
    monitor_->line_with("dependency:gone: unhealthy");  // after three failures
    const auto state = json("/api/state");
    for (const auto& component : state.at("components").as_array())
        if (component.at("name") == "dependency:here" || component.at("name") == "dependency:echo") {
            EXPECT_EQ(component.at("state"), "healthy");
        }
    EXPECT_EQ(stop(), 0);
}

/// Requests that a broker received.
struct Questions {
    double per_second = 0;
    unsigned max_open = 0;  ///< unanswered at the same time
};

/// Statistics of the next `count` requests; max_open includes earlier ones.
Questions next_questions(Spawned& broker, int count) {
    using std::chrono::milliseconds;
    const auto now = std::chrono::ceil<milliseconds>(steady_clock::now().time_since_epoch()).count();
    Questions seen;
    long long first = 0, last = 0;
    for (int number = 0; number <= count;) {
        const auto line = broker.line_with("asked ");
        std::size_t end = 0;
        last = std::stoll(line.substr(6), &end);
        seen.max_open = std::max(seen.max_open, static_cast<unsigned>(std::stoul(line.substr(6 + end))));
        if (number == 0)
            first = last;
        number += last >= now ? 1 : 0;
    }
    seen.per_second = 1e3 * count / static_cast<double>(last - first);
    return seen;
}

TEST_F(program, viewers_do_not_change_probe_rate) {
    Spawned broker{{REVENANT_MONITOR_PEER, "*", "count", "60"}, 1};  // responds after 60 ms, longer than a period
    const auto port = broker.line_with("at ").substr(3);
    start({"--dependencies", "b=mdp://127.0.0.1:" + port + "/sign", "--period-ms", "50"});
    monitor_->line_with("dependency:b: healthy");
    constexpr int count = 20;
    const auto alone = next_questions(broker, count);
    std::vector<std::unique_ptr<StreamClient>> viewers;
    while (viewers.size() < 500)
        viewers.push_back(watch());
    EXPECT_EQ(json("/api/streams").at("streams").as_array().size(), 500U);
    const auto watched = next_questions(broker, count);
    std::cout << fmt::format("requests per second: {:.2f} without viewers, {:.2f} with 500\n", alone.per_second,
                             watched.per_second);
    EXPECT_NEAR(watched.per_second / alone.per_second, 1, 0.15);
    EXPECT_EQ(alone.max_open, 1U);
    EXPECT_EQ(watched.max_open, 1U);
    EXPECT_EQ(stop(), 0);
}

std::uint64_t memory_kib(pid_t process) {
    std::ifstream words{fmt::format("/proc/{}/smaps_rollup", process)};
    std::uint64_t value = 0;
    for (std::string word; words >> word;)
        if (word == "Pss:" && words >> value)
            return value;
    return 0;
}

TEST_F(program, endless_messages_do_not_exhaust_memory) {
    Spawned endless{{REVENANT_MONITOR_PEER, "*", "endless"}, 1}, answered{{REVENANT_MONITOR_PEER, "*", "answered"}, 1},
        echo{{REVENANT_MONITOR_PEER, "*", "endless"}, 1}, well{{REVENANT_MONITOR_PEER, "*", "well"}, 1};
    const auto at = [](Spawned& broker) { return "mdp://127.0.0.1:" + broker.line_with("at ").substr(3); };
    const auto loud = at(answered);
    FakeSigner signer{directory_.path()};
    start({"--period-ms", "100", "--dependencies",
           fmt::format("endless={}/sign answered={}/sign echo={}/sign?echo well={}/sign", at(endless), loud, at(echo),
                       at(well))});
    signer.accept();
    const auto count = [this](const std::string& name) {
        const auto text = get("/metrics").second;
        const auto begin = text.find('\n' + name + ' ');
        return begin == std::string::npos ? 0.0 : std::stod(text.substr(begin + name.size() + 2));
    };
    const std::string of_well = "revenant_checks_total{component=\"dependency:well\"}";
    const std::string floods = "revenant_monitor_zmq_floods_total";
    std::uint64_t most = 0;
    const auto began = count(of_well);
    const auto enough = [&] { return count(floods) >= 5 && count(of_well) - began >= 40; };
    const Deadline end{milliseconds{60'000}};
    for (int signatures = 1; (signatures <= 100 || !enough()) && end.left() > milliseconds::zero(); ++signatures) {
        most = std::max(most, memory_kib(monitor_->pid()));
        signer.status["signatures"] = signatures;
        signer.say();
        EXPECT_EQ(get("/livez").first, 200U);
    }
    std::cout << fmt::format("{:.0f} floods, at most {} KiB, {:.0f} checks of the healthy broker\n", count(floods),
                             most, count(of_well) - began);
    if (memory_tells) {
        EXPECT_LT(most, 96U * 1024);  // MemoryMax= of its unit is 128 MiB
    }
    EXPECT_TRUE(enough());
    bool is_well = false;  // repeated: a check can fail while the sockets are being closed
    for (const Deadline soon{milliseconds{5'000}}; !is_well && soon.left() > milliseconds::zero();)
        is_well = count("revenant_component_failures{component=\"dependency:well\"}") == 0;
    EXPECT_TRUE(is_well);
    const auto state = json("/api/state");
    for (const auto& component : state.at("components").as_array())
        if (component.at("name") == "monitor" && memory_tells) {  // else its reason is the size of the sanitizer
            EXPECT_EQ(component.at("state"), "degraded");
            EXPECT_NE(component.at("reason").as_string().find("tcp" + loud.substr(3)), std::string::npos)
                << component.at("reason");
        }
    EXPECT_EQ(state.at("signers").at(0).at("link"), "up");
    EXPECT_GE(state.at("signers").at(0).at("signatures").to_number<int>(), 100);
    EXPECT_EQ(stop(), 0);
}

}  // namespace
}  // namespace revenant::test
