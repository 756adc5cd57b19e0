#include "common/http/target.hpp"

#include <gtest/gtest.h>

namespace revenant::http {
namespace {

TEST(TargetTest, origin_form_has_path_and_query) {
    const auto target = parse_target("/keys/tz4?version=2&x=/y?").value();
    EXPECT_EQ(target.path, "/keys/tz4");
    EXPECT_EQ(target.query, "version=2&x=/y?");
    EXPECT_EQ(target.authority, "");
    EXPECT_EQ(parse_target("*")->path, "*");
}

TEST(TargetTest, absolute_form_has_authority) {
    const auto target = parse_target("HTTP://signer.example:80/livez?a").value();
    EXPECT_EQ(target.path, "/livez");
    EXPECT_EQ(target.query, "a");
    EXPECT_EQ(target.authority, "signer.example:80");
    EXPECT_EQ(parse_target("http://[::1]:80")->path, "/");
    EXPECT_EQ(parse_target("http://host?q")->query, "q");
}

TEST(TargetTest, escapes_are_decoded_except_the_slash) {
    EXPECT_EQ(parse_target("/keys/%74z4")->path, "/keys/tz4");
    EXPECT_EQ(parse_target("/%6C%6cvez")->path, "/llvez");
    EXPECT_EQ(parse_target("/a%2fb%2F")->path, "/a%2Fb%2F");
    EXPECT_EQ(parse_target("/%00")->path, (std::string{"/\0", 2}));
}

TEST(TargetTest, invalid_targets_are_rejected) {
    for (const auto* const text : {"", "livez", "/%", "/%6", "/%6g", "/%+6", "/a#b", "https://host/", "http://",
                                   "http:///x", "http://a b/", "http://user@host/", "http://[::1/", "http://host:x/"})
        EXPECT_FALSE(parse_target(text)) << text;
}

TEST(TargetTest, authority_is_host_and_port) {
    for (const auto* const text : {"signer", "signer.example:80", "127.0.0.1", "[::1]", "[::1]:8080", "a:", "x_y.%41"})
        EXPECT_TRUE(is_authority(text)) << text;
    for (const auto* const text :
         {"", ":80", "a b", "a/b", "a:b", "a:1:2", "[::1", "[::1]x", "[x]", "u@h", "a\"", "[]"})
        EXPECT_FALSE(is_authority(text)) << text;
}

TEST(TargetTest, query_is_decoded_in_order) {
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(parse_query("a=1&&b=&c&a==2&%64=%65%zz"),
              (Pairs{{"a", "1"}, {"b", ""}, {"c", ""}, {"a", "=2"}, {"d", "%65%zz"}}));
    EXPECT_EQ(parameter("a=1&b=%32", "b"), "2");
    EXPECT_FALSE(parameter("a=1", "d"));
    EXPECT_FALSE(parameter("", "a"));
}

}  // namespace
}  // namespace revenant::http
