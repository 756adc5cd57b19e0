#include "test/demo/scenes.hpp"

#include <csignal>
#include <stdexcept>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "test/support/suite/baker.hpp"

namespace revenant::demo {
namespace {

using namespace std::chrono_literals;
using test::Client;
using test::Suite;
using tezos::Curve;
using tezos::Kind;

constexpr auto deadline = 10s;  // of a request that must survive every failure in the demo

struct DemoKey {
    const char* id;
    const char* kind;
    Curve curve;
};
constexpr DemoKey baker{"baker", "tz4", Curve::bls};
constexpr DemoKey companion{"companion", "tz1", Curve::ed25519};

std::string hex(const Bytes& bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

std::string shortened(const std::string& text) {
    return text.substr(0, 16) + "…";
}

/// Runs one operator command; returns its standard output.
std::string command(Suite& suite, const std::vector<std::string>& words) {
    const auto done = suite.host(words);
    expect(done.code == 0, fmt::format("revenant {} ended with {}: {}", words.front(), done.code, done.err));
    return done.out;
}

std::string address_of(Suite& suite, const DemoKey& key) {
    const auto list = suite.host_json({"list"});
    for (const auto& known : list.at("keys").as_array())
        if (known.at("id").as_string() == key.id)
            return std::string{known.at("address").as_string()};
    throw std::runtime_error{fmt::format("the device does not list the key {}", key.id)};
}

Request sign_request(Suite& suite, const DemoKey& key, Kind kind, std::int32_t level) {
    return SignRequest{address_of(suite, key), test::operation(key.curve, kind, level)};
}

/// Waits for the signature of `answer` and returns its shortened text.
std::string signature(std::future<host::Answer>& answer, const DemoKey& key) {
    const auto got = answer.get();
    const auto* signed_one = std::get_if<SignResponse>(&got.response);
    expect(got.outcome == host::Answer::Outcome::answered && signed_one != nullptr,
           "it was not answered by a signature");
    return shortened(tezos::signature_text(key.curve, signed_one->signature));
}

void expect_still_unlocked(Suite& suite) {
    const auto status = suite.host_json({"list"});
    for (const auto& key : status.at("keys").as_array())
        expect(key.at("lock").as_string() == "unlocked",
               fmt::format("a key is locked: {}", boost::json::serialize(key)));
}

/// Triggers `event` while the device holds an unanswered request. The gadget is stopped first, so that the request is
/// certainly in flight.
template <typename Event>
std::string while_in_flight(Suite& suite, std::int32_t level, Event event) {
    Client client{suite.link(host::Interface::sign)};
    client.ask(VersionRequest{}, deadline).get();  // the client holds the interface from here on
    auto request = sign_request(suite, baker, Kind::attestation, level);
    suite.signal("gadget", SIGSTOP);
    auto answer = client.ask(std::move(request), deadline);
    event();
    const auto got = signature(answer, baker);
    expect_still_unlocked(suite);
    return got + ", nobody unlocked again";
}

}  // namespace

void set_up(Story& story, Suite& suite) {
    story.step("start registrar, liveness and gadget", [&] {
        for (const auto* program : {"registrar", "liveness", "gadget"})
            suite.wait_for_socket(fmt::format("{}/status.sock", program));
        return "all three answer on their status sockets";
    });
    story.step("plug the cable in, wait until ready", [&] {
        const auto version = suite.host_json({"version"});
        return fmt::format("ready, version {}", version.at("device").at("version").as_string().c_str());
    });
    story.step("initialise", [&] {
        command(suite, {"init"});
        return "done";
    });
    for (const auto& key : {baker, companion})
        story.step(fmt::format("make the {} key '{}'", key.kind, key.id), [&] {
            command(suite, {"new", key.id, "--kind", key.kind});
            return address_of(suite, key);
        });
    story.step("unlock both", [&] {
        command(suite, {"unlock"});
        expect_still_unlocked(suite);
        return "unlocked";
    });
}

void sign_everything(Story& story, Suite& suite) {
    for (const auto& key : {baker, companion})
        for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation})
            story.step(fmt::format("{} signs: {} at level 1000", key.kind, tezos::name(kind)), [&] {
                const auto text = command(suite, {"sign", key.id, hex(test::operation(key.curve, kind, 1000))});
                return shortened(text) + " verified";
            });
    story.step("another block at level 1000", [&] {
        const auto refused =
            suite.host({"sign", baker.id, hex(test::operation(baker.curve, Kind::block, 1000, 0, 0x77))});
        expect(refused.code == 4 && refused.err.find("error 33") != std::string::npos,
               "it was not refused: " + refused.err);
        return "refused (error 33): never signs twice";
    });
    story.step("the same attestation again", [&] {
        const auto again = [&] {
            return command(suite, {"sign", baker.id, hex(test::operation(baker.curve, Kind::attestation, 1000))});
        };
        expect(again() == again(), "two signatures differ");
        return "same bytes, same signature";
    });
}

void break_everything(Story& story, Suite& suite) {
    story.step("pull the cable during a request", [&] {
        return while_in_flight(suite, 1001, [&] {
            test::RawHost another{suite.run_dir()};
            another.plug();
            another.pull();
            suite.signal("gadget", SIGCONT);
        });
    });
    story.step("kill -9 the gadget during a request",
               [&] { return while_in_flight(suite, 1002, [&] { suite.signal("gadget", SIGKILL); }); });
    Client holds_the_cable{suite.link(host::Interface::sign)};
    holds_the_cable.ask(VersionRequest{}, deadline).get();
    const auto restarts = suite.restarts("gadget");
    story.step("stop the gadget (SIGSTOP)", [&] {
        suite.wait_for_socket("liveness/ready.sock");
        suite.signal("gadget", SIGSTOP);
        suite.wait_until_gone("liveness/ready.sock");
        return "no longer ready";
    });
    story.step("wait for the watchdog", [&] {
        suite.wait_restarts("gadget", restarts + 1);
        suite.wait_for_socket("liveness/ready.sock");
        expect_still_unlocked(suite);
        return "killed, restarted, ready, still unlocked";
    });
    story.step("sign after all that", [&] {
        auto answer = holds_the_cable.ask(sign_request(suite, companion, Kind::attestation, 1003), deadline);
        return signature(answer, companion);
    });
}

void take_down(Story& story, Suite& suite) {
    story.step("SIGTERM to all three", [&] {
        for (const auto* program : {"gadget", "registrar", "liveness"}) {
            suite.stop(program);
            const auto ended = suite.service(program);
            expect(ended.at("last_exit").as_string() == "exit code 0", boost::json::serialize(ended));
            suite.wait_until_gone(fmt::format("{}/status.sock", program));
        }
        return "exit 0, no socket left";
    });
}

}  // namespace revenant::demo
