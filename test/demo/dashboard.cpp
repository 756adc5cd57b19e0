#include "test/demo/dashboard.hpp"

#include <csignal>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>

#include "test/demo/scenes.hpp"
#include "test/support/suite/served.hpp"

namespace revenant::demo {
namespace {

using test::milliseconds;
using tezos::Kind;

constexpr timespec beat{2, 0};              // three beats per level: 6 s
constexpr std::int32_t first_level = 1001;  // set_up() and the other scenes end at 1000
constexpr milliseconds patience{10'000};

/// Waits one beat; returns true if SIGINT or SIGTERM arrives.
bool asked_to_end() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    ::sigaddset(&wanted, SIGINT);
    ::sigaddset(&wanted, SIGTERM);
    return ::sigtimedwait(&wanted, nullptr, &beat) > 0;
}

/// revenant-monitor for the suite's signer.
class Monitor {
public:
    Monitor(const test::Suite& suite, unsigned short port) : log_{suite.run_dir() / "monitor.log"} {
        const auto log = open_file(log_, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        supervisor::Command command;
        command.argv = {REVENANT_MONITOR, "--listen-port", std::to_string(port), "--signers",
                        (suite.run_dir() / "signer/status.sock").string()};
        command.errors = log.get();
        child_.emplace(command);
        wait_until_it_answers(port);
    }

private:
    void wait_until_it_answers(unsigned short port) {
        for (const test::Deadline deadline{patience}; deadline.left() > milliseconds::zero();) {
            if (test::Deadline{milliseconds{50}}.readable(child_->ended()))
                break;
            try {
                if (test::HttpClient{port}.ask("GET", "/livez").status == 200)
                    return;
            } catch (const std::exception&) {
                // not yet
            }
        }
        std::ifstream log{log_};
        throw std::runtime_error{"the monitor did not start: " + std::string{std::istreambuf_iterator<char>{log}, {}}};
    }

    std::filesystem::path log_;
    std::optional<supervisor::Child> child_;
};

void sign(unsigned short port, const test::BakerKey& key, Kind kind, std::int32_t level) try {
    test::HttpClient client{port};
    const auto message = test::operation(key.curve, kind, level);
    test::signature_in(test::ask_signature(client, key, message), key, message);
} catch (const std::exception& failure) {
    fmt::print(stderr, "demo: {} of level {} by {}: {}\n", tezos::name(kind), level, key.id, failure.what());
}

}  // namespace

void show_dashboard(unsigned short port) {
    Story story;
    test::Suite suite{test::with_signer()};
    set_up(story, suite);
    if (!story.all_well())
        throw std::runtime_error{"the suite did not start: see above"};
    const auto keys = test::keys_of(suite);
    const auto signer = suite.signer_port();
    const Monitor monitor{suite, port};
    fmt::print("\nThe dashboard is at http://127.0.0.1:{}/ until you press Ctrl-C.\n", port);
    std::fflush(stdout);
    for (std::int32_t level = first_level;; ++level)
        for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation}) {
            for (const auto& key : keys)
                sign(signer, key, kind, level);
            if (asked_to_end())
                return;
        }
}

}  // namespace revenant::demo
