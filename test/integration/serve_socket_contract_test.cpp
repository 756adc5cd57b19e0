// `revenant serve` with invalid, slow, many or unknown clients: it returns a status and a message, and keeps serving.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <list>

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/stat.h>

#include "common/tezos/text.hpp"
#include "gadget/crypto/signing_key.hpp"
#include "host/octez/client_keys.hpp"
#include "test/support/basics/descriptors.hpp"
#include "test/support/basics/vectors.hpp"
#include "test/support/suite/baker.hpp"
#include "test/support/suite/http_client.hpp"

namespace revenant::test {
namespace {

using gadget::keystore::SigningKey;
using tezos::Curve;

const std::string nobody = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";

/// A remote signer for a device without keys.
class Guarded {
public:
    explicit Guarded(std::vector<std::string> arguments = {}) : suite{settings(std::move(arguments))} {}
    Guarded(const Guarded&) = delete;
    Guarded& operator=(const Guarded&) = delete;
    /// Expects that the server still serves and has not been restarted.
    ~Guarded() {
        try {
            EXPECT_EQ(HttpClient{port}.ask("GET", "/livez").status, 200U);
            EXPECT_EQ(suite.restarts("signer"), 0U);
        } catch (const std::exception& gone) {
            ADD_FAILURE() << "the server is gone: " << gone.what();
        }
    }
    HttpAnswer ask(const std::string& method, const std::string& target, const std::string& body = {}) {
        return HttpClient{port}.ask(method, target, body);
    }

    Suite suite;
    unsigned short port = suite.signer_port();

private:
    static SuiteSettings settings(std::vector<std::string> arguments) {
        SuiteSettings settings;
        settings.signer = std::move(arguments);
        return settings;
    }
};

std::string post(const std::string& body, const std::string& more = {}) {
    return "POST /keys/" + nobody + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n" + more + "\r\n" + body;
}

TEST(serve_socket_contract, wrong_requests_get_status_and_message) {
    Guarded server;
    struct Case {
        std::string method, target, body;
        unsigned status;
        std::string says;
    };
    const auto keys = "/keys/" + nobody;
    const std::vector<Case> cases{{"POST", keys, "", 400, "no body"},
                                  {"POST", keys, "{", 400, "not JSON"},
                                  {"POST", keys, "\"xy\"", 400, "not hexadecimal"},
                                  {"POST", keys, "\"123\"", 400, "odd number"},
                                  {"POST", keys, "\"0x12\"", 400, "0x"},
                                  {"POST", keys + "?version=1", "\"12\"", 400, "version 2 or 3"},
                                  {"POST", "/keys/tz4none", "\"12\"", 400, "checksum"},
                                  {"POST", keys, "\"12\"", 404, nobody},
                                  {"GET", keys, "", 404, "revenant list"},
                                  {"PUT", keys, "\"12\"", 405, "GET"},
                                  {"POST", "/authorized_keys", "\"12\"", 405, "GET"},
                                  {"GET", "/../../../etc/passwd", "", 404, "authorized_keys"},
                                  {"GET", "/", "", 404, "authorized_keys"},
                                  {"POST", keys, '"' + std::string(10 << 20, '0') + '"', 413, "65538 bytes"}};
    for (const auto& one : cases) {
        HttpClient client{server.port};
        client.send_all_it_takes(one.method + ' ' + one.target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                                 std::to_string(one.body.size()) + "\r\n\r\n" + one.body);
        const auto answer = client.answer();
        EXPECT_EQ(answer.status, one.status) << one.method << ' ' << one.target << ": " << answer.body;
        EXPECT_NE(answer.message().find(one.says), std::string::npos) << answer.body;
        EXPECT_EQ(answer.header.find("Allow: ") != std::string::npos, one.status == 405) << answer.header;
    }
    HttpClient chunked{server.port};
    chunked.send_all_it_takes("POST " + keys +
                              " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nA00000\r\n" +
                              std::string(200'000, '0'));
    EXPECT_EQ(chunked.answer().status, 413U);
    HttpClient long_header{server.port};
    long_header.send_all_it_takes("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(100'000, 'x'));
    EXPECT_EQ(long_header.answer().status, 431U);
    HttpClient garbage{server.port};
    garbage.send(std::string{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11} + std::string(100, '\0'));  // TLS
    EXPECT_EQ(garbage.answer().status, 400U);
    EXPECT_TRUE(garbage.closed(Deadline{Suite::patience}));
}

TEST(serve_socket_contract, requests_from_web_pages_are_rejected) {
    Guarded server;
    HttpClient client{server.port};
    client.send(post("\"11\"", "Content-Type: text/plain\r\nOrigin: https://example.org\r\n"));
    const auto answer = client.answer();
    EXPECT_EQ(answer.status, 403U);
    EXPECT_NE(answer.message().find("web pages"), std::string::npos);
}

TEST(serve_socket_contract, keep_alive_and_pipelining_work) {
    Guarded server;
    HttpClient client{server.port};
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(client.ask("GET", "/livez").status, 200U);
    client.send(
        "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\nGET "
        "/authorized_keys HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200U);
    EXPECT_EQ(client.answer().status, 404U);
    EXPECT_EQ(client.answer().body, "{}");
    const auto asks_first = post("\"12\"", "Expect: 100-continue\r\n");
    const auto body_begins = asks_first.find("\r\n\r\n") + 4;
    client.send(asks_first.substr(0, body_begins));
    EXPECT_EQ(client.answer().status, 100U);
    client.send(asks_first.substr(body_begins));
    EXPECT_EQ(client.answer().status, 404U);
    client.send("POST /keys/" + nobody +
                " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n\"1\r\n2\r\n2\"\r\n0\r\n\r\n");
    EXPECT_EQ(client.answer().status, 404U);
    client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200U);
    EXPECT_TRUE(client.closed(Deadline{Suite::patience}));
}

TEST(serve_socket_contract, half_requests_are_closed_in_time) {
    Guarded server;
    const auto whole = post("\"12\"");
    std::list<HttpClient> halves;
    for (const auto length : {std::size_t{1}, std::size_t{10}, whole.size() / 2, whole.size() - 1})
        halves.emplace_back(server.port).send(whole.substr(0, length));
    EXPECT_EQ(server.ask("GET", "/livez").status, 200U);
    for (const auto& half : halves)
        EXPECT_TRUE(half.closed(Deadline{Suite::patience}));
}

TEST(serve_socket_contract, idle_connections_do_not_block_others) {
    Guarded server;  // it raises its descriptor limit itself
    const ManyDescriptors enough;
    std::list<HttpClient> idle;
    for (int i = 0; i < 1200; ++i)
        idle.emplace_back(server.port);
    EXPECT_EQ(server.ask("GET", "/livez").status, 200U);
    EXPECT_TRUE(idle.front().closed(Deadline{Suite::patience}));
    EXPECT_EQ(idle.back().ask("GET", "/livez").status, 200U);
}

TEST(serve_socket_contract, client_keys_require_authentication) {
    ASSERT_GE(::sodium_init(), 0);
    const auto tz1 = SigningKey::random(Curve::ed25519), tz4 = SigningKey::random(Curve::bls);
    const auto key_text = [](const SigningKey& key) { return tezos::public_key_text(key.curve(), key.public_key()); };
    Guarded server{{"--client-keys", key_text(tz1) + "," + key_text(tz4), "--listen-address", "0.0.0.0"}};
    EXPECT_EQ(server.ask("GET", "/authorized_keys").json().at("authorized_keys"),
              (boost::json::array{tz1.address().c_str(), tz4.address().c_str()}));
    const Bytes message{0x12, 0x34};
    const auto ask_as = [&](const SigningKey& key, ByteView what) {
        const auto authentication =
            tezos::signature_text(key.curve(), key.sign(host::serve::authenticated_bytes(nobody, what)));
        return server.ask("POST", "/keys/" + nobody + "?authentication=" + authentication, "\"1234\"").status;
    };
    EXPECT_EQ(ask_as(tz1, message), 404U);  // authenticated, but no such key
    EXPECT_EQ(ask_as(tz4, message), 404U);
    EXPECT_EQ(ask_as(tz1, Bytes{0x12, 0x35}), 403U);
    EXPECT_EQ(ask_as(SigningKey::random(Curve::bls), message), 403U);
    EXPECT_EQ(server.ask("POST", "/keys/" + nobody, "\"1234\"").status, 401U);
    EXPECT_EQ(server.ask("GET", "/keys/" + nobody).status, 404U);
}

TEST(serve_socket_contract, unknown_host_names_are_rejected) {
    Guarded server{{"--host-names", "signer.example"}};
    const auto status = [&](const std::string& target, const std::string& host) {
        HttpClient client{server.port};
        client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return client.answer().status;
    };
    for (const auto* const target : {"/metrics", "/known_keys", "/authorized_keys", "/readyz"})
        EXPECT_EQ(status(target, "evil.example"), 421U) << target;
    EXPECT_EQ(status("/livez", "evil.example"), 200U);
    for (const auto* const host : {"signer.example", "SIGNER.example:20090", "127.0.0.1", "[::1]:1"})
        EXPECT_EQ(status("/metrics", host), 200U) << host;
}

/// Connections send wrong signatures of clients, 20 requests each at once. Each has one response, and others are served
/// meanwhile. TEST_ROUNDS: times 40 connections.
TEST(serve_socket_contract, wrong_client_signatures_delay_no_other_client) {
    ASSERT_GE(::sodium_init(), 0);
    std::string keys;
    for (int each = 0; each < 9; ++each) {
        const auto key = SigningKey::random(Curve::bls);
        keys += tezos::public_key_text(key.curve(), key.public_key()) + ',';
    }
    Guarded server{{"--client-keys", keys}};
    const Bytes message{0x12, 0x34};
    const auto stranger = SigningKey::random(Curve::bls);
    const auto wrong =
        "POST /keys/" + nobody + "?authentication=" +
        tezos::signature_text(Curve::bls, stranger.sign(host::serve::authenticated_bytes(nobody, message))) +
        " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n\"1234\"";
    std::string burst;
    for (int each = 0; each < 20; ++each)
        burst += wrong;
    std::list<HttpClient> strangers;
    for (unsigned each = 0; each < 40 * rounds(1); ++each)
        strangers.emplace_back(server.port).send(burst);
    std::vector<double> delays;  // ms
    for (int each = 0; each < 200; ++each) {
        const auto began = std::chrono::steady_clock::now();
        EXPECT_EQ(server.ask("GET", "/livez").status, 200U);
        delays.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    }
    std::sort(delays.begin(), delays.end());
    std::cout << "/livez meanwhile: median " << delays[100] << " ms, p99 " << delays[197] << " ms\n";
    int forbidden = 0, limited = 0;
    for (auto& each : strangers) {
        const auto status = each.answer().status;
        ++(status == 429U ? limited : forbidden);
        EXPECT_TRUE(status == 403U || status == 429U) << status;
        EXPECT_TRUE(each.closed(Deadline{Suite::patience}));
    }
    EXPECT_GE(forbidden, 19);
    EXPECT_GT(limited, 0);
}

TEST(serve_socket_contract, unix_socket_serves_a_proxy) {
    const TemporaryDirectory dir;
    const auto socket = dir.path() / "signer.sock";
    Guarded server{{"--unix-socket", socket.string()}};
    EXPECT_EQ(HttpClient{connect_to(socket)}.ask("GET", "/authorized_keys").body, "{}");
    struct stat found {};
    ASSERT_EQ(::lstat(socket.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0007U, 0U);
    server.suite.stop("signer");
    EXPECT_FALSE(std::filesystem::exists(socket));
    server.suite.start("signer");
    server.port = server.suite.signer_port();
}

TEST(serve_socket_contract, excess_requests_get_503_with_cause) {
    Guarded server{{"--deadline", "2"}};
    server.suite.stop("gadget");
    std::list<HttpClient> waiting;
    for (int i = 0; i < 70; ++i)
        waiting.emplace_back(server.port).send(post("\"12\""));
    EXPECT_EQ(server.ask("GET", "/livez").status, 200U);
    for (auto& client : waiting) {
        const auto answer = client.answer();
        EXPECT_EQ(answer.status, 503U);
        EXPECT_NE(answer.message().find("no gadget is alive"), std::string::npos) << answer.message();
    }
    // The log is rate-limited: ten lines, then a count of the suppressed ones.
    const auto log = server.suite.log("signer");
    std::size_t lines = 0;
    for (auto at = log.find("answered with 503"); at != std::string::npos; at = log.find("answered with 503", at + 1))
        ++lines;
    EXPECT_EQ(lines, 10U);
}

TEST(serve_socket_contract, wrong_settings_are_rejected_with_cause) {
    Guarded server;
    const auto start = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"--bus", "loopback", "--run-dir", server.suite.run_dir().string(), "serve"});
        return run_program("host", words);
    };
    const auto taken = start({"--listen-port", std::to_string(server.port)});
    EXPECT_EQ(taken.code, 1);
    EXPECT_NE(taken.err.find("choose another --listen-port"), std::string::npos) << taken.err;
    const auto open = start({"--listen-address", "0.0.0.0"});
    EXPECT_EQ(open.code, 2);
    EXPECT_NE(open.err.find("--client-keys"), std::string::npos) << open.err;
    const auto unknown = start({"--colour", "blue"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("--colour"), std::string::npos) << unknown.err;
    for (const auto& outcome : {taken, open, unknown})
        EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

}  // namespace
}  // namespace revenant::test
