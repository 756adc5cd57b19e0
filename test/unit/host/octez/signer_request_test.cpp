#include "host/octez/signer_request.hpp"

#include <map>

#include <gtest/gtest.h>

#include "host/octez/trace.hpp"
#include "host/serve/http_status.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::host::serve {
namespace {

const std::string tz4 = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer", tz1 = "tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx";
const std::string signature =
    "edsigtst22y2MhZFosF1ZPrn6wgjkC9efQyRN19jcx2Ehwc1RgMqXLMtajMXVbiF3WBHWL8BmvEtR8fE8ui9e1B8vzMeCchHRxt";

SignerRequest read(const std::string& method, const std::string& target, const std::string& prefix) {
    return read_signer_request(method, http::parse_target(target).value(), prefix);
}

/// The status and message of a rejected request; 200 and no message if it is accepted.
struct Verdict {
    unsigned status = 200;
    std::string sentence{}, allowed{};
};

template <typename Read>
Verdict verdict(Read read) {
    try {
        read();
    } catch (const MethodError& error) {
        return {http::number(http_status_of(error.fault())), error.what(), error.allowed()};
    } catch (const Error& error) {
        return {http::number(http_status_of(error.fault())), error.what(), {}};
    }
    return {};
}

Verdict of_target(const std::string& method, const std::string& target, const std::string& prefix = {}) {
    return verdict([&] { read(method, target, prefix); });
}

Verdict of_body(const std::string& body) {
    return verdict([&] { read_message(body); });
}

TEST(signer_request, path_selects_route) {
    EXPECT_EQ(read("GET", "/authorized_keys", "").route, Route::authorized_keys);
    EXPECT_EQ(read("GET", "/known_keys", "").route, Route::known_keys);
    EXPECT_EQ(read("GET", "/livez", "").route, Route::alive);
    EXPECT_EQ(read("GET", "/%6civez", "").route, Route::alive);
    EXPECT_EQ(read("GET", "/readyz?verbose", "").route, Route::ready);
    const auto key = read("GET", "/keys/" + tz1, "");
    EXPECT_EQ(key.route, Route::public_key);
    EXPECT_EQ(key.address, tz1);
    EXPECT_EQ(key.curve, tezos::Curve::ed25519);
    const auto proof = read("GET", "/bls_prove_possession/" + tz4 + "?bls_pk=BLpk1", "");
    EXPECT_EQ(proof.route, Route::proof);
    EXPECT_EQ(proof.curve, tezos::Curve::bls);
    EXPECT_EQ(proof.proven_key, "BLpk1");
    EXPECT_EQ(read("POST", "//keys/" + tz4 + "/", "").route, Route::signature);
}

TEST(signer_request, authentication_and_version_are_optional) {
    EXPECT_FALSE(read("POST", "/keys/" + tz4 + "?version=3&other=1", "").authentication);
    const auto both = read("POST", "/keys/" + tz4 + "?authentication=" + signature + "&version=2", "");
    ASSERT_TRUE(both.authentication);
    EXPECT_EQ(both.authentication->kind, KeyKind::ed25519);
    for (const auto* version : {"0", "1", "4", "", "02", "two"}) {
        const auto refused = of_target("POST", "/keys/" + tz4 + "?version=" + version);
        EXPECT_EQ(refused.status, 400U) << version;
        EXPECT_NE(refused.sentence.find("version 2 or 3"), std::string::npos) << refused.sentence;
    }
    EXPECT_EQ(of_target("POST", "/keys/" + tz4 + "?authentication=edsig1").status, 400U);
    EXPECT_EQ(of_target("POST", "/keys/" + tz4 + "?version=2&version=2").status, 400U);
}

TEST(signer_request, authentication_of_any_curve_is_parsed) {
    const auto authentication_of = [](const std::string& text) {
        return read("POST", "/keys/" + tz4 + "?authentication=" + text, "").authentication.value();
    };
    const auto all = test::vectors("client-authentication.json");
    const std::map<std::string, KeyKind> kinds{{"ed25519", KeyKind::ed25519},
                                               {"secp256k1", KeyKind::secp256k1},
                                               {"p256", KeyKind::p256},
                                               {"bls", KeyKind::bls}};
    for (const auto& one : test::list_of(all, "authentications")) {
        const auto said = authentication_of(test::text_of(one, "signature"));
        EXPECT_EQ(said.kind, kinds.at(test::text_of(one, "client")));
        if (!one.as_object().contains("generic"))
            continue;
        const auto unsaid = authentication_of(test::text_of(one, "generic"));
        EXPECT_FALSE(unsaid.kind);
        EXPECT_EQ(unsaid.bytes, said.bytes);
    }
    // Keys, addresses and damaged signatures are rejected.
    for (const auto& key : test::list_of(all, "keys"))
        for (const auto* member : {"public_key", "address", "secret_key"})
            EXPECT_EQ(of_target("POST", "/keys/" + tz4 + "?authentication=" + test::text_of(key, member)).status, 400U);
    for (auto one : test::list_of(all, "authentications"))
        for (const auto* member : {"signature", "generic", "mirrored"}) {
            if (!one.as_object().contains(member))
                continue;
            auto text = test::text_of(one, member);
            text[text.size() / 2] = text[text.size() / 2] == '2' ? '3' : '2';
            const auto refused = of_target("POST", "/keys/" + tz4 + "?authentication=" + text);
            EXPECT_EQ(refused.status, 400U);
            EXPECT_NE(refused.sentence.find("begins with edsig, spsig1, p2sig, BLsig or sig"), std::string::npos);
        }
}

TEST(signer_request, prefix_is_required) {
    EXPECT_EQ(read("GET", "/signer/one/livez", "/signer/one").route, Route::alive);
    EXPECT_EQ(of_target("GET", "/livez", "/signer").status, 404U);
    EXPECT_EQ(of_target("GET", "/signers/livez", "/signer").status, 404U);
    EXPECT_EQ(of_target("GET", "/signer", "/signer").status, 404U);
}

TEST(signer_request, wrong_method_yields_allow) {
    EXPECT_EQ(of_target("POST", "/authorized_keys").allowed, "GET");
    EXPECT_EQ(of_target("DELETE", "/keys/" + tz4).allowed, "GET, POST");
    EXPECT_EQ(of_target("HEAD", "/livez").status, 405U);
}

TEST(signer_request, unknown_path_404_bad_address_400) {
    for (const std::string target :
         {"/", "/key", "/keys", "/../../etc/passwd", "/keys/../livez", "/livez%2F", "/livez/x", "*"})
        EXPECT_EQ(of_target("GET", target).status, 404U) << target;
    for (const auto& address :
         {std::string{"tz4"}, tz4 + "x", tz4.substr(1), std::string(5000, '1'), std::string{".."}})
        EXPECT_EQ(of_target("GET", "/keys/" + address).status, 400U) << address;
    const auto other_curve = of_target("GET", "/keys/tz3bTdwZinP8U1JmSweNzVKhmwafqWmFWRfk");
    EXPECT_EQ(other_curve.status, 404U);
    EXPECT_NE(other_curve.sentence.find("tz1 and tz4 keys only"), std::string::npos);
    const auto no_proof = of_target("GET", "/bls_prove_possession/" + tz1);
    EXPECT_EQ(no_proof.status, 400U);
    EXPECT_NE(no_proof.sentence.find("only tz4"), std::string::npos);
}

TEST(signer_request, message_is_a_json_string_of_hex) {
    EXPECT_EQ(read_message("\"00ff\""), (Bytes{0x00, 0xff}));
    EXPECT_EQ(read_message(" \"aAbB\"\n"), (Bytes{0xaa, 0xbb}));
    struct Case {
        std::string body;
        const char* says;
    };
    const std::vector<Case> cases{{"", "no body"},
                                  {" \r\n", "no body"},
                                  {"00ff", "not JSON"},
                                  {"\"00ff", "not JSON"},
                                  {"\"00\" \"ff\"", "not JSON"},
                                  {"12", "not a string"},
                                  {"{\"data\":\"00\"}", "not a string"},
                                  {"null", "not a string"},
                                  {std::string(5000, '['), "not JSON"},
                                  {"\"\"", "is empty"},
                                  {"\"0x00\"", "begins with 0x"},
                                  {"\"0\"", "odd number of digits (1)"},
                                  {"\"00zz\"", "at character 3"},
                                  {"\"0 0f\"", "at character 1"},
                                  {"\"0\\u0000\"", "not hexadecimal"},
                                  {"\"\xff\xff\"", ""}};
    for (const auto& one : cases) {
        const auto refused = of_body(one.body);
        EXPECT_EQ(refused.status, 400U) << one.body;
        EXPECT_NE(refused.sentence.find(one.says), std::string::npos) << one.body << ": " << refused.sentence;
    }
}

TEST(signer_request, trace_has_octez_format) {
    EXPECT_EQ(trace_text("say \"please\"\n"), R"([{"kind":"temporary","id":"failure","msg":"say \"please\"\n"}])");
}

}  // namespace
}  // namespace revenant::host::serve
