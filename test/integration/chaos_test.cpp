// Random faults while bakers sign: programs are killed and stopped, the cable is unplugged. No request is lost and no
// conflicting payloads are signed.
#include <algorithm>
#include <csignal>
#include <list>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "test/support/suite/level_by_level.hpp"

namespace revenant::test {
namespace {

using tezos::Kind;

/// Injects random faults into a suite.
class Chaos {
public:
    Chaos(Suite& suite, unsigned seed) : suite_{suite}, host_{suite.run_dir()}, random_{seed} {}

    std::string one() {
        static const std::array<std::string, 3> programs{"gadget", "registrar", "liveness"};
        const auto& program = programs[random_() % programs.size()];
        switch (random_() % 4) {
            case 0:
            case 1:
                wait_until_back(program);
                suite_.signal(program, SIGKILL);
                ++kills_[program];
                return "kill " + program;
            case 2:
                wait_until_back(program);
                suite_.signal(program, SIGSTOP);
                if (random_() % 2 == 0 && program == "gadget" && plugged())
                    suite_.wait_until_gone("liveness/ready.sock");
                suite_.signal(program, SIGCONT);
                return "stop and continue " + program;
            default:
                wait_until_back("registrar");
                pull();
                return "unplug the cable";
        }
    }

private:
    /// Other programs may be dead meanwhile.
    void wait_until_back(const std::string& program) {
        suite_.wait_restarts(program, kills_[program]);
        suite_.wait_until_running(program);
    }
    bool plugged() const { return std::filesystem::exists(suite_.run_dir() / "liveness" / "ready.sock"); }
    void pull() {
        try {
            host_.plug();
            host_.pull();
        } catch (const std::system_error&) {
            // The registrar died meanwhile, which unplugs the cable too.
        }
    }

    Suite& suite_;
    RawHost host_;
    std::mt19937 random_;
    std::map<std::string, unsigned> kills_;
};

TEST(chaos, random_faults_no_loss_no_double_sign) {
    SuiteSettings settings;
    settings.restart_delay = milliseconds{20};
    Baker baker{settings, {{"a", KeyKind::tz4}, {"b", KeyKind::tz4}, {"c", KeyKind::tz1}, {"d", KeyKind::tz1}}};
    wait_ready(baker.suite);
    for (const auto& key : baker.keys)  // opens the chain's file, which stays open
        baker.signature(key, operation(key.curve, Kind::block, 0));
    const std::array<std::string, 3> programs{"gadget", "registrar", "liveness"};
    std::vector<Footprint> before;
    for (const auto& program : programs)
        before.push_back(baker.suite.footprint(program));

    Progress progress;
    std::atomic<bool> stop = false;
    std::list<LevelByLevel> bakers;
    for (const auto& key : baker.keys)
        bakers.emplace_back(baker, key, progress, stop);
    const Stop at_the_end{stop};  // also when a supervisor command throws
    std::mt19937 random{seed()};
    Chaos chaos{baker.suite, static_cast<unsigned>(random())};
    const auto count = rounds(200);
    std::string history;
    for (unsigned round = 0; round < count; ++round) {
        history = chaos.one() + (round % 10 == 0 ? "" : "; " + history);
        if (random() % 4 == 0 && !progress.wait_for(progress.done() + 1, milliseconds{60'000})) {
            ADD_FAILURE() << "no level completed within 60 s in round " << round << " after: " << history;
            break;
        }
    }
    stop = true;
    for (auto& one : bakers) {
        one.join();
        EXPECT_EQ(one.failure(), "") << history;
        EXPECT_GT(one.level(), static_cast<std::int32_t>(count / 20));
    }
    wait_ready(baker.suite);
    for (std::size_t i = 0; i < programs.size(); ++i)
        EXPECT_TRUE(baker.suite.returns_to(before[i], programs[i]));
    EXPECT_EQ(baker.suite.status("gadget").at("keys_unlocked").to_number<std::size_t>(), baker.keys.size());
    for (const auto& program : programs)
        EXPECT_EQ(baker.suite.service(program).at("watchdog_kills").to_number<unsigned>(), 0U) << program;
}

}  // namespace
}  // namespace revenant::test
