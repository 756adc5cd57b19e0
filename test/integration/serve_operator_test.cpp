// Operation of `revenant serve`: reload, credential, audit log, status and metrics.
#include <csignal>
#include <fstream>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "test/support/basics/vectors.hpp"
#include "test/support/suite/served.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using tezos::Kind;

constexpr auto client_key = "edpkuBknW28nW72KG6RoHtYW7p12T6GKc7nAbwYX5m8Wd9sDVC9yav";

void write(const fs::path& file, const std::string& text) {
    std::ofstream{file} << text;
}

std::vector<json::object> lines_of(const fs::path& file) {
    std::vector<json::object> lines;
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);)
        lines.push_back(json::parse(line).as_object());
    return lines;
}

/// Waits until the signer's log contains the text, earlier lines included.
void wait_for_log(Suite& suite, const std::string& words) {
    for (const Deadline deadline{Suite::patience}; deadline.left() > milliseconds::zero();) {
        if (suite.log("signer").find(words) != std::string::npos)
            return;
        suite.service("signer");  // limits the rate of the loop
    }
    ADD_FAILURE() << "the log has no '" << words << "':\n" << suite.log("signer");
}

const json::object& device_in(const json::object& status) {
    return status.at("devices").as_array().at(0).as_object();
}

TEST(serve_operator, sighup_reloads_configuration) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "host.conf";
    write(file, "");
    Served served{with_signer({"--config", file.string()})};
    const auto& key = served.keys.at(0);
    const auto sign = [&](std::int32_t level) {
        return served.sign(key, operation(key.curve, Kind::block, level)).status;
    };
    EXPECT_EQ(sign(1), 200U);

    write(file, std::string{"client-keys = "} + client_key + "\nlist-known-keys = true\n");
    EXPECT_EQ(sign(2), 200U);  // not reloaded yet
    served.suite.signal("signer", SIGHUP);
    wait_for_log(served.suite, "configuration reloaded");
    EXPECT_EQ(sign(3), 401U);
    EXPECT_EQ(served.ask("GET", "/authorized_keys").json().at("authorized_keys").as_array().size(), 1U);
    EXPECT_EQ(served.ask("GET", "/known_keys").status, 200U);

    write(file, "client-keys = nonsense\n");
    served.suite.signal("signer", SIGHUP);
    wait_for_log(served.suite, "configuration unchanged: the setting client-keys has 'nonsense'");
    EXPECT_EQ(sign(3), 401U);

    write(file, "no-such-setting = 1\n");
    served.suite.signal("signer", SIGHUP);
    wait_for_log(served.suite, "no-such-setting");
    EXPECT_EQ(sign(3), 401U);

    write(file, "listen-address = 127.0.0.2\n");
    served.suite.signal("signer", SIGHUP);
    wait_for_log(served.suite, "take effect at the next start");
    EXPECT_EQ(sign(3), 200U);
    EXPECT_EQ(served.suite.restarts("signer"), 0U);
}

TEST(serve_operator, tezsign_options_without_effect_are_logged) {
    Served served{with_signer({"--keep-alive", "1s", "--no-retry"}), false};
    wait_for_log(served.suite, "--keep-alive has no effect");
    wait_for_log(served.suite, "--no-retry has no effect");
}

TEST(serve_operator, credential_unlocks_keys) {
    const TemporaryDirectory credentials;
    const auto passphrase = credentials.path() / "passphrase";
    write(passphrase, "wrong");
    auto settings = with_signer({"--auto-unlock", "four"});
    settings.environment = {"CREDENTIALS_DIRECTORY=" + credentials.path().string()};
    Served served{settings, false};
    const auto sign = [&](const std::string& id) {
        const auto& key =
            *std::find_if(served.keys.begin(), served.keys.end(), [&](const BakerKey& each) { return each.id == id; });
        return served.sign(key, operation(key.curve, Kind::block, 1)).status;
    };
    // A wrong passphrase is tried only once: failed attempts make the device reject further ones.
    served.suite.restart("signer");
    wait_for_log(served.suite, "stays locked");
    served.suite.kill_and_wait("gadget");
    wait_for_log(served.suite, "correct the credential and restart");
    EXPECT_EQ(sign("four"), 403U);

    write(passphrase, Suite::passphrase + std::string{"\n"});
    served.suite.signal("signer", SIGHUP);
    wait_for_log(served.suite, "the key 'four' of the device '" + served.suite.run_dir().string() + "' was unlocked");
    EXPECT_EQ(sign("four"), 200U);
    EXPECT_EQ(sign("one"), 403U);        // not in --auto-unlock
    served.suite.host_json({"status"});  // the management interface is free

    // A key locked by the operator stays locked; after a restart of the device it is unlocked again.
    served.suite.host_json({"lock", "four"});
    EXPECT_EQ(sign("four"), 403U);
    served.suite.restart("gadget");
    served.suite.wait_status("signer", [](const json::object& status) {
        for (const auto& key : device_in(status).at("keys").as_array())
            if (key.at("id") == "four")
                return key.at("lock") == "unlocked" && device_in(status).at("revivals").to_number<int>() > 1;
        return false;
    });
    EXPECT_EQ(sign("four"), 200U);
}

TEST(serve_operator, exact_credential_is_not_normalised) {
    const std::string decomposed = "cafe\u0301 and more";  // another program's form of an accent
    const TemporaryDirectory credentials;
    write(credentials.path() / "passphrase", decomposed);
    auto settings = with_signer({"--auto-unlock", "all", "--auto-unlock-exact"});
    settings.environment = {"CREDENTIALS_DIRECTORY=" + credentials.path().string()};
    Suite suite{settings};
    for (const auto& command : std::vector<std::vector<std::string>>{{"init"}, {"new", "accent"}}) {
        auto words = command;
        words.emplace_back("--passphrase-exact");
        const auto outcome = suite.host(words, decomposed);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
    }
    suite.restart("signer");
    wait_for_log(suite, "the key 'accent' of the device");
    EXPECT_EQ(suite.log("signer").find("stays locked"), std::string::npos) << suite.log("signer");
}

TEST(serve_operator, audit_log_records_each_decision) {
    const TemporaryDirectory directory;
    const auto file = directory.path() / "audit.jsonl";
    Served served{with_signer({"--audit-log", file.string()})};
    const auto& key = served.keys.at(0);
    const auto message = operation(key.curve, Kind::attestation, 7, 2);
    signature_in(served.sign(key, message), key, message);
    EXPECT_EQ(served.sign(key, operation(key.curve, Kind::attestation, 7, 2, 1)).status, 409U);
    EXPECT_EQ(served.ask("POST", "/keys/" + key.address, "\"0x11\"").status, 400U);
    EXPECT_EQ(served.ask("GET", "/keys/" + key.address).status, 200U);  // not a signing decision

    struct stat found {};
    ASSERT_EQ(::stat(file.c_str(), &found), 0);
    const auto lines = lines_of(file);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].at("verdict"), "signed");
    EXPECT_EQ(lines[0].at("key").as_string().c_str(), key.address);
    EXPECT_EQ(lines[0].at("kind"), "attestation");
    EXPECT_EQ(lines[0].at("level"), 7);
    EXPECT_EQ(lines[0].at("round"), 2);
    EXPECT_EQ(lines[0].at("device").as_string().c_str(), served.suite.run_dir().string());
    EXPECT_TRUE(lines[0].at("client").as_string().starts_with("127.0.0.1:"));
    EXPECT_EQ(lines[1].at("reason"), "stale_watermark");
    EXPECT_EQ(lines[1].at("status"), 409);
    EXPECT_NE(lines[1].at("hash"), lines[0].at("hash"));
    EXPECT_EQ(lines[2].at("reason"), "bad_request");

    // After a rename, a reload opens a new file.
    fs::rename(file, directory.path() / "moved");
    served.suite.signal("signer", SIGHUP);
    wait_for_log(served.suite, "configuration reloaded");
    signature_in(served.sign(key, message), key, message);
    EXPECT_EQ(lines_of(file).size(), 1U);
}

TEST(serve_operator, audit_log_failure_does_not_stop_signing) {
    Served served{with_signer({"--audit-log", "/dev/full"})};
    const auto& key = served.keys.at(0);
    const auto message = operation(key.curve, Kind::block, 7);
    signature_in(served.sign(key, message), key, message);
    signature_in(served.sign(key, message), key, message);
    EXPECT_NE(served.suite.log("signer").find("the audit log '/dev/full' cannot be written"), std::string::npos);
    EXPECT_NE(served.ask("GET", "/metrics").body.find("\nrevenant_audit_failures_total 2\n"), std::string::npos);
}

TEST(serve_operator, status_socket_and_metrics_show_state) {
    Served served{with_signer()};
    const auto& key = served.keys.at(0);
    const auto message = operation(key.curve, Kind::block, 70, 1);
    signature_in(served.sign(key, message), key, message);
    EXPECT_EQ(served.sign(key, operation(key.curve, Kind::block, 69)).status, 409U);
    const auto status = served.suite.wait_status(
        "signer", [](const json::object& now) { return now.at("refusals").as_object().count("stale_watermark") != 0; });
    EXPECT_EQ(status.at("program"), "signer");
    EXPECT_EQ(status.at("signatures"), 1);
    EXPECT_EQ(status.at("latency").at("count"), 1);
    EXPECT_EQ(status.at("listening").as_string().c_str(), "127.0.0.1:" + std::to_string(served.suite.signer_port()));
    const auto& device = device_in(status);
    EXPECT_EQ(device.at("serial").as_string().c_str(), served.suite.run_dir().string());
    EXPECT_EQ(device.at("state"), "ready");
    for (const auto& each : device.at("keys").as_array()) {
        const bool signed_one = text_of(each, "address") == key.address;
        EXPECT_EQ(each.at("lock"), "unlocked");
        EXPECT_EQ(each.at("signatures"), signed_one ? 1 : 0);
        EXPECT_EQ(each.at("signed").is_null(), !signed_one);
        EXPECT_EQ(each.at("marks").at("block").at("level"), signed_one ? 70 : 0);
        EXPECT_EQ(each.at("marks").at("block").at("round"), signed_one ? 1 : 0);
    }

    const auto answer = served.ask("GET", "/metrics");
    EXPECT_NE(answer.header.find("text/plain; version=0.0.4"), std::string::npos) << answer.header;
    const auto labels = "{device=\"" + served.suite.run_dir().string() + "\",key=\"" + key.address;
    for (const auto& line :
         {"revenant_key_last_level" + labels + "\",kind=\"block\"} 70",
          "revenant_key_last_round" + labels + "\",kind=\"block\"} 1", "revenant_key_unlocked" + labels + "\"} 1",
          std::string{"revenant_refusals_total{reason=\"stale_watermark\"} 1"},
          std::string{"revenant_sign_duration_seconds_bucket{le=\"+Inf\"} 1"},
          std::string{"revenant_signatures_total 1"}, std::string{"revenant_http_responses_total{status=\"409\"} 1"}})
        EXPECT_NE(answer.body.find('\n' + line + '\n'), std::string::npos) << line << "\nin\n" << answer.body;

    served.suite.host_json({"lock"});
    EXPECT_EQ(served.sign(key, message).status, 403U);
    served.suite.stop("gadget");
    const auto away = served.suite.wait_status(
        "signer", [](const json::object& now) { return device_in(now).at("state") != "ready"; });
    EXPECT_EQ(device_in(away).at("state"), "not_ready");
    for (const auto& each : device_in(away).at("keys").as_array())
        EXPECT_EQ(each.at("lock"), text_of(each, "address") == key.address ? "locked" : "unlocked");
}

}  // namespace
}  // namespace revenant::test
