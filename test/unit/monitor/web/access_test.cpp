#include "monitor/web/access.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sodium.h>

#include "monitor/web/service.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::monitor {
namespace {

namespace fs = std::filesystem;
const std::string token = "0123456789abcdef0123456789abcdef";

std::string basic(const std::string& pair) {
    std::string text(sodium_base64_ENCODED_LEN(pair.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(pair.data()), pair.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    return "Basic " + std::string{text.c_str()};
}

class access : public ::testing::Test {
protected:
    access() { EXPECT_GE(sodium_init(), 0); }
    fs::path file(const std::string& content, fs::perms mode = fs::perms::owner_read) {
        const auto path = directory_.path() / "token";
        std::ofstream{path} << content;
        fs::permissions(path, mode);
        return path;
    }
    test::TemporaryDirectory directory_;
};

TEST_F(access, token_set_grants_only_matching_token) {
    const Access subject{file(token + "\n")};
    EXPECT_TRUE(subject.granted("Bearer " + token));
    EXPECT_TRUE(subject.granted(basic("anyone:" + token)));
    EXPECT_TRUE(subject.granted(basic(":" + token)));
    for (const auto& wrong : {std::string{}, token, "Bearer " + token + "x", std::string{"Bearer "}, "bearer" + token,
                              basic(token), basic("anyone:"), basic(""), std::string{"Basic ?"}, std::string{"Basic "}})
        EXPECT_FALSE(subject.granted(wrong)) << wrong;
}

TEST_F(access, no_token_grants_everyone) {
    EXPECT_TRUE(Access{}.granted(""));
}

TEST_F(access, readable_or_short_token_file_throws) {
    EXPECT_THROW((Access{file(token, fs::perms::owner_read | fs::perms::group_read)}), std::runtime_error);
    fs::remove(directory_.path() / "token");
    EXPECT_THROW((Access{file("short\n")}), std::runtime_error);
    EXPECT_THROW((Access{directory_.path() / "none"}), std::exception);
}

TEST_F(access, all_paths_but_livez_require_token) {
    const Access guarded{file(token)};
    const HealthRegistry registry{"0.1.0"};
    const Hub hub{{}, [] { return boost::json::object{}; }};
    const Service service{registry, hub, guarded, [] { return std::size_t{0}; }};
    EXPECT_EQ(service.answer({"GET", "/livez", "", ""}).status, 200U);
    for (const auto* const path :
         {"/", "/readyz", "/health", "/metrics", "/api/state", "/api/streams", "/api/history", "/events"}) {
        const auto reply = service.answer({"GET", path, "", ""});
        EXPECT_EQ(reply.status, 401U) << path;
        EXPECT_FALSE(reply.stream);
        EXPECT_NE(service.answer({"GET", path, "Bearer " + token, ""}).status, 401U) << path;
    }
}

TEST(host_names, accepts_addresses_localhost_and_configured) {
    const HostNames names{{"Signer.Example"}};
    for (const auto* const right : {"", "127.0.0.1", "127.0.0.1:80", "10.1.2.3:80", "[::1]", "[::1]:80", "[fe80::1]:1",
                                    "localhost", "LocalHost:80", "localhost.", "signer.example", "SIGNER.example.:443"})
        EXPECT_TRUE(names.know(right)) << right;
    for (const auto* const wrong :
         {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "xsigner.example",
          "[evil.example]", ":80", "[", ".", " ", "127.0.0.1@evil.example", "signer.example@evil"})
        EXPECT_FALSE(names.know(wrong)) << wrong;
    EXPECT_FALSE(HostNames{}.know("signer.example"));
    for (const auto* const wrong : {"", "signer:80", "http://signer", "a/b"})
        EXPECT_THROW(HostNames{{wrong}}, std::invalid_argument) << wrong;
}

TEST_F(access, other_host_without_token_returns_421) {
    const Access open, guarded{file(token)};
    const HealthRegistry registry{"0.1.0"};
    const Hub hub{{}, [] { return boost::json::object{}; }};
    const auto status = [&](const Access& who, const char* path, const std::string& authorization) {
        const Service service{registry, hub, who, [] { return std::size_t{0}; }};
        const auto reply = service.answer({"GET", path, authorization, "", "evil.example"});
        EXPECT_TRUE(reply.status == 200 || !reply.stream);
        return reply.status;
    };
    for (const auto* const path :
         {"/", "/readyz", "/health", "/metrics", "/api/state", "/api/streams", "/api/history", "/events"}) {
        EXPECT_EQ(status(open, path, ""), 421U) << path;
        EXPECT_EQ(status(guarded, path, ""), 401U) << path;
        EXPECT_NE(status(guarded, path, "Bearer " + token), 421U) << path;
    }
    EXPECT_EQ(status(open, "/livez", ""), 200U);
}

TEST_F(access, invalid_method_or_path_returns_error) {
    const Access open;
    const HealthRegistry registry{"0.1.0"};
    const Hub hub{{}, [] { return boost::json::object{}; }};
    const Service service{registry, hub, open, [] { return std::size_t{0}; }};
    EXPECT_EQ(service.answer({"POST", "/livez", "", ""}).status, 405U);
    EXPECT_EQ(service.answer({"GET", "/nothing", "", ""}).status, 404U);
    EXPECT_EQ(service.answer({"GET", "/a/b", "", ""}).status, 404U);
    EXPECT_TRUE(service.answer({"GET", "/events", "", ""}).stream);
    const auto page = service.answer({"GET", "/", "", ""});
    EXPECT_EQ(page.type, "text/html; charset=utf-8");
    for (const auto& [name, value] : page.fields) {
        const auto again = service.answer({"GET", "/", "", value}).status;
        EXPECT_EQ(again, name == "ETag" ? 304U : 200U);
    }
}

}  // namespace
}  // namespace revenant::monitor
