// One remote signer with several devices: keys on all of them, and the same key on two of them.
#include <csignal>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "test/support/suite/served.hpp"

namespace revenant::test {
namespace {

using tezos::Kind;

/// An additional device.
class Second {
public:
    Second() : suite{{}} {}

    void prepare(const std::string& id) {
        suite.host_json({"init"});
        suite.host_json({"new", id});
        suite.host_json({"unlock"});
    }

    Suite suite;
};

SuiteSettings beside(const Suite& other) {
    auto settings = with_signer({"--list-known-keys", "--deadline", "1"});
    settings.beside = {other.run_dir()};
    return settings;
}

TEST(serve_devices, two_devices_serve_all_keys) {
    Second second;
    second.prepare("other");
    const auto other = keys_of(second.suite).at(0);
    Served served{beside(second.suite)};
    const auto& own = served.keys.at(0);
    EXPECT_EQ(served.ask("GET", "/known_keys").json().at("known_keys").as_array().size(), 3U);
    for (const auto& key : {own, other}) {
        const auto message = operation(key.curve, Kind::block, 5);
        signature_in(served.sign(key, message), key, message);
    }
    const auto metrics = served.ask("GET", "/metrics").body;
    for (const auto& suite : {&served.suite, &second.suite})
        EXPECT_NE(metrics.find("revenant_link_up{device=\"" + suite->run_dir().string() + "\"} 1"), std::string::npos)
            << metrics;
    std::istringstream lines{metrics};
    std::set<std::string> series;
    for (std::string line; std::getline(lines, line);)
        if (!line.starts_with('#')) {
            EXPECT_TRUE(series.insert(line.substr(0, line.rfind(' '))).second) << line << " is duplicated";
        }

    // The second device becomes unavailable: keys of the first one still sign.
    second.suite.stop("gadget");
    const auto message = operation(own.curve, Kind::block, 6);
    signature_in(served.sign(own, message), own, message);
    EXPECT_EQ(served.sign(other, operation(other.curve, Kind::block, 6)).status, 503U);
    EXPECT_EQ(served.ask("GET", "/readyz").status, 200U);
    second.suite.start("gadget");
    second.suite.wait_for_socket("liveness/ready.sock");
    second.suite.host_json({"unlock"});
    const auto later = operation(other.curve, Kind::block, 6);
    signature_in(served.sign(other, later), other, later);
}

TEST(serve_devices, duplicate_key_is_rejected) {
    Second second;
    second.prepare("copied");
    const auto copied = keys_of(second.suite).at(0);
    auto settings = beside(second.suite);
    settings.start = false;
    Suite suite{settings};
    std::filesystem::copy(second.suite.store_dir(), suite.store_dir(), std::filesystem::copy_options::recursive);
    suite.start("signer");
    const auto port = suite.signer_port();
    const auto sign = [&](std::int32_t level) {
        HttpClient client{port};
        return ask_signature(client, copied, operation(copied.curve, Kind::block, level));
    };
    EXPECT_EQ(sign(1).status, 200U);  // it is on one device only
    for (const std::string program : {"liveness", "registrar", "gadget"})
        suite.start(program);
    suite.wait_for_socket("liveness/ready.sock");
    suite.host_json({"unlock"});
    const auto refused_by = [&](const HttpAnswer& answer) {
        return answer.status == 409 && answer.message().find("is on two devices") != std::string::npos;
    };
    for (const Deadline deadline{Suite::patience}; deadline.left() > milliseconds::zero() && !refused_by(sign(2));)
        ;  // until the server knows the second device; each request queries it
    const auto refused = sign(3);
    ASSERT_TRUE(refused_by(refused)) << refused.body;
    for (const auto& device : {suite.run_dir().string(), second.suite.run_dir().string()})
        EXPECT_NE(refused.message().find(device), std::string::npos) << refused.message();
    EXPECT_NE(
        HttpClient{port}.ask("GET", "/metrics").body.find("revenant_refusals_total{reason=\"key_on_two_devices\"}"),
        std::string::npos);

    // An absent device does not lift the block; a reload does.
    suite.stop("gadget");
    EXPECT_TRUE(refused_by(sign(4)));
    suite.signal("signer", SIGHUP);
    for (const Deadline deadline{Suite::patience}; deadline.left() > milliseconds::zero() && refused_by(sign(5));)
        ;
    EXPECT_EQ(sign(6).status, 200U);
}

TEST(serve_devices, only_selected_keys_sign) {
    Served served{with_signer({"four"})};
    for (const auto& key : served.keys) {
        const auto message = operation(key.curve, Kind::block, 5);
        const auto answer = served.sign(key, message);
        EXPECT_EQ(answer.status, key.id == "four" ? 200U : 404U) << answer.body;
    }
}

}  // namespace
}  // namespace revenant::test
