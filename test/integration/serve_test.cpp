// `revenant serve` as a baker uses it, with faults of the server and of the device.
#include <algorithm>
#include <csignal>

#include <gtest/gtest.h>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "test/support/basics/vectors.hpp"
#include "test/support/suite/served.hpp"

namespace revenant::test {
namespace {

using tezos::Kind;

TEST(serve, keys_and_signatures_have_octez_format) {
    Served served;
    ASSERT_EQ(served.keys.size(), 2U);
    EXPECT_EQ(served.ask("GET", "/authorized_keys").body, "{}");
    for (const auto& key : served.keys) {
        const auto shown = served.ask("GET", "/keys/" + key.address);
        EXPECT_EQ(shown.status, 200U);
        EXPECT_NE(shown.header.find("application/json"), std::string::npos);
        EXPECT_EQ(text_of(shown.json(), "public_key"), tezos::public_key_text(key.curve, key.public_key));
        std::int32_t level = 10;
        for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation}) {
            const auto message = operation(key.curve, kind, ++level);
            const auto first = signature_in(served.sign(key, message), key, message);
            EXPECT_EQ(signature_in(served.sign(key, message), key, message), first);
        }
    }
    const auto& four = *std::find_if(served.keys.begin(), served.keys.end(),
                                     [](const BakerKey& key) { return key.curve == tezos::Curve::bls; });
    const auto proof = served.ask("GET", "/bls_prove_possession/" + four.address);
    const auto raw = tezos::parse_signature(text_of(proof.json(), "bls_prove_possession")).value();
    EXPECT_TRUE(tezos::verify_proof(four.public_key, raw.bytes));
}

TEST(serve, signs_all_despite_cable_pulls_and_kills) {
    Served served;
    RemoteBaker baker{served.suite.signer_port(), served.keys};
    RawHost cable{served.suite.run_dir()};
    for (int round = 0; round < 12; ++round) {
        if (!baker.goes_on())
            break;  // end() returns the error
        if (round % 4 == 3) {
            served.suite.kill_and_wait("gadget");
        } else {
            cable.plug();
            cable.pull();
        }
    }
    EXPECT_EQ(baker.end(), "");
    EXPECT_EQ(served.suite.restarts("signer"), 0U);
}

TEST(serve, locked_stale_and_unknown_are_reported) {
    Served served{with_signer(), false};
    const auto& key = served.keys.at(0);
    const auto message = operation(key.curve, Kind::block, 100);
    const auto locked = served.sign(key, message);
    EXPECT_EQ(locked.status, 403U);
    EXPECT_NE(locked.message().find(key.address), std::string::npos);
    EXPECT_NE(locked.message().find("unlock"), std::string::npos);
    served.suite.host_json({"unlock"});  // the server holds the other interface
    signature_in(served.sign(key, message), key, message);

    const auto twice = served.sign(key, operation(key.curve, Kind::block, 100, 0, 1));
    EXPECT_EQ(twice.status, 409U);
    const auto lower = served.sign(key, operation(key.curve, Kind::block, 99));
    EXPECT_EQ(lower.status, 409U);
    for (const std::string words : {key.address.c_str(), "block at level 99 round 0", "the last mark is at level 100"})
        EXPECT_NE(lower.message().find(words), std::string::npos) << lower.message();
    signature_in(served.sign(key, message), key, message);

    const std::string nobody = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
    EXPECT_EQ(served.ask("POST", "/keys/" + nobody, quoted(message)).status, 404U);
    EXPECT_EQ(served.ask("GET", "/keys/" + nobody).status, 404U);
    EXPECT_EQ(served.ask("POST", "/keys/" + key.address, "\"0011\"").status, 400U);
}

TEST(serve, new_and_deleted_keys_need_no_restart) {
    Served served;
    EXPECT_EQ(served.ask("GET", "/known_keys").status, 403U);
    served.suite.host_json({"new", "later"});
    const auto list = served.suite.host_json({"list"});
    for (const auto& entry : list.at("keys").as_array())
        EXPECT_EQ(served.ask("GET", "/keys/" + text_of(entry, "address")).status, 200U) << entry;

    const auto& gone = served.keys.at(0);
    served.suite.host_json({"delete", gone.id, "--yes"});
    EXPECT_EQ(served.sign(gone, operation(gone.curve, Kind::block, 1)).status, 404U);
    EXPECT_EQ(served.ask("GET", "/keys/" + gone.address).status, 404U);
}

TEST(serve, known_keys_and_path_prefix_options_work) {
    Served served{with_signer({"--list-known-keys", "--path-prefix", "/signer"})};
    const auto listed = served.ask("GET", "/signer/known_keys").json().at("known_keys").as_array();
    ASSERT_EQ(listed.size(), 2U);
    for (const auto& key : served.keys)
        EXPECT_NE(std::find(listed.begin(), listed.end(), key.address.c_str()), listed.end());
    EXPECT_EQ(served.ask("GET", "/known_keys").status, 404U);
}

TEST(serve, absent_device_times_out_then_recovers) {
    Served served{with_signer({"--deadline", "1"})};
    const auto& key = served.keys.at(0);
    const auto message = operation(key.curve, Kind::block, 7);
    signature_in(served.sign(key, message), key, message);
    EXPECT_EQ(served.ask("GET", "/keys/" + key.address).status, 200U);
    EXPECT_EQ(served.ask("GET", "/readyz").status, 200U);

    served.suite.stop("gadget");
    const auto absent = served.sign(key, message);
    EXPECT_EQ(absent.status, 503U);
    EXPECT_NE(absent.message().find("no gadget is alive"), std::string::npos) << absent.message();
    EXPECT_EQ(served.ask("GET", "/readyz").status, 503U);
    EXPECT_EQ(served.ask("GET", "/livez").status, 200U);
    EXPECT_EQ(served.ask("GET", "/keys/" + key.address).status, 200U);  // cached from the earlier request
    EXPECT_EQ(served.ask("GET", "/authorized_keys").status, 200U);

    served.suite.start("gadget");
    served.suite.wait_for_socket("liveness/ready.sock");
    EXPECT_EQ(served.sign(key, message).status, 403U);  // a stop drops the stored descriptors, so the keys are locked
    served.suite.host_json({"unlock"});
    signature_in(served.sign(key, message), key, message);
}

TEST(serve, starts_without_device_then_becomes_ready) {
    auto settings = with_signer();
    settings.start = false;
    Suite suite{settings};
    suite.start("signer");
    const auto port = suite.signer_port();
    EXPECT_EQ(HttpClient{port}.ask("GET", "/readyz").status, 503U);
    for (const std::string program : {"liveness", "registrar", "gadget"})
        suite.start(program);
    suite.host_json({"init"});
    suite.host_json({"new", "baker"});
    std::string why;  // retried: the signer may not have found the device yet
    for (const Deadline deadline{Suite::patience};
         deadline.left() > milliseconds::zero() && why.find("revenant unlock") == std::string::npos;)
        why = HttpClient{port}.ask("GET", "/readyz").message();
    EXPECT_NE(why.find("revenant unlock"), std::string::npos) << why;
    suite.host_json({"unlock"});
    const auto address = text_of(suite.host_json({"list"}).at("keys").as_array().at(0), "address");
    EXPECT_EQ(HttpClient{port}.ask("GET", "/keys/" + address).status, 200U);
    EXPECT_EQ(HttpClient{port}.ask("GET", "/readyz").status, 200U);
}

TEST(serve, hung_process_is_restarted_by_watchdog) {
    auto settings = with_signer();
    settings.watchdog = milliseconds{3'000};
    Served served{settings};
    const auto& key = served.keys.at(0);
    served.suite.signal("signer", SIGSTOP);
    served.suite.wait_restarts("signer", 1);
    const auto message = operation(key.curve, Kind::block, 7);
    signature_in(served.sign(key, message), key, message);
    EXPECT_EQ(served.suite.service("signer").at("watchdog_kills").to_number<unsigned>(), 1U);
}

TEST(serve, stop_answers_pending_requests_in_time) {
    Served served{with_signer({"--deadline", "1"})};
    const auto& key = served.keys.at(0);
    const auto message = operation(key.curve, Kind::block, 7);
    const auto port = served.suite.signer_port();
    const HttpClient idle{port};
    served.suite.stop("gadget");
    HttpClient waiting{port};
    waiting.send("POST /keys/" + key.address + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                 std::to_string(quoted(message).size()) + "\r\n\r\n" + quoted(message));
    EXPECT_EQ(served.ask("GET", "/livez").status, 200U);  // the other request is in flight now
    const auto begin = std::chrono::steady_clock::now();
    served.suite.stop("signer");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
    EXPECT_EQ(waiting.answer().status, 503U);
    EXPECT_TRUE(idle.closed(Deadline{Suite::patience}));
    EXPECT_EQ(served.suite.service("signer").at("last_exit").as_string(), "exit code 0");
}

}  // namespace
}  // namespace revenant::test
