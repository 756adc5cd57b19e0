#include "monitor/web/access.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <sodium.h>

#include "monitor/web/service.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::monitor {
namespace {

namespace fs = std::filesystem;
const StreamPace pace{};
const std::string token = "0123456789abcdef0123456789abcdef";

http::Request request(const std::string& method, const std::string& target, const std::string& authorization = {},
                      const std::string& none_match = {}, const std::string& host = {}) {
    http::Request request;
    request.client = "127.0.0.1:40000";
    request.method = method;
    request.target = http::parse_target(target).value();
    request.host = host;
    if (!authorization.empty())
        request.fields.set("Authorization", authorization);
    if (!none_match.empty())
        request.fields.set("If-None-Match", none_match);
    return request;
}

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

/// systemd gives credentials the mode 0440 if the service has a group for them.
TEST_F(access, credential_may_be_readable_for_its_group) {
    const auto credential = file(token, fs::perms::owner_read | fs::perms::group_read);
    EXPECT_THROW(Access{credential}, std::runtime_error);
    ::setenv("CREDENTIALS_DIRECTORY", directory_.path().c_str(), 1);
    EXPECT_TRUE(Access{credential}.granted("Bearer " + token));
    fs::permissions(credential, fs::perms::others_read, fs::perm_options::add);
    EXPECT_THROW(Access{credential}, std::runtime_error);
    ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(access, all_paths_but_livez_require_token) {
    const Access guarded{file(token)};
    const HealthRegistry registry{"0.1.0"};
    Hub hub{{}, [] { return boost::json::object{}; }};
    Service service{registry, hub, guarded, [] { return std::size_t{0}; }, pace};
    EXPECT_EQ(service.reply_to(request("GET", "/livez", "", "")).status, http::Status{200});
    for (const auto* const path :
         {"/", "/readyz", "/health", "/metrics", "/api/state", "/api/streams", "/api/history", "/events"}) {
        const auto reply = service.reply_to(request("GET", path, "", ""));
        EXPECT_EQ(reply.status, http::Status{401}) << path;
        EXPECT_FALSE(reply.stream);
        EXPECT_NE(service.reply_to(request("GET", path, "Bearer " + token, "")).status, http::Status{401}) << path;
    }
}

TEST_F(access, other_host_without_token_returns_421) {
    const Access open, guarded{file(token)};
    const HealthRegistry registry{"0.1.0"};
    Hub hub{{}, [] { return boost::json::object{}; }};
    const auto status = [&](const Access& who, const char* path, const std::string& authorization) {
        Service service{registry, hub, who, [] { return std::size_t{0}; }, pace};
        const auto reply = service.reply_to(request("GET", path, authorization, "", "evil.example"));
        EXPECT_TRUE(reply.status == http::Status::ok || !reply.stream);
        return reply.status;
    };
    for (const auto* const path :
         {"/", "/readyz", "/health", "/metrics", "/api/state", "/api/streams", "/api/history", "/events"}) {
        EXPECT_EQ(status(open, path, ""), http::Status{421}) << path;
        EXPECT_EQ(status(guarded, path, ""), http::Status{401}) << path;
        EXPECT_NE(status(guarded, path, "Bearer " + token), http::Status{421}) << path;
    }
    EXPECT_EQ(status(open, "/livez", ""), http::Status{200});
}

TEST_F(access, invalid_method_or_path_returns_error) {
    const Access open;
    const HealthRegistry registry{"0.1.0"};
    Hub hub{{}, [] { return boost::json::object{}; }};
    Service service{registry, hub, open, [] { return std::size_t{0}; }, pace};
    EXPECT_EQ(service.reply_to(request("POST", "/livez", "", "")).status, http::Status{405});
    EXPECT_EQ(service.reply_to(request("GET", "/nothing", "", "")).status, http::Status{404});
    EXPECT_EQ(service.reply_to(request("GET", "/a/b", "", "")).status, http::Status{404});
    EXPECT_TRUE(service.reply_to(request("GET", "/events", "", "")).stream);
    const auto page = service.reply_to(request("GET", "/", "", ""));
    EXPECT_EQ(page.type, "text/html; charset=utf-8");
    for (const auto& [name, value] : page.fields) {
        const auto again = service.reply_to(request("GET", "/", "", value)).status;
        EXPECT_EQ(again, name == "ETag" ? http::Status::not_modified : http::Status::ok);
    }
}

}  // namespace
}  // namespace revenant::monitor
