#include "monitor/web/request_target.hpp"

#include <gtest/gtest.h>

namespace revenant::monitor {
namespace {

std::optional<RequestTarget> read(std::string_view text) {
    const auto target = http::parse_target(text);
    return target ? read_target(*target) : std::nullopt;
}

TEST(target, path_maps_to_resource) {
    EXPECT_EQ(read("/livez")->resource, Resource::alive);
    EXPECT_EQ(read("/events?last-event-id=x-1")->resource, Resource::events);
    EXPECT_TRUE(read("/readyz?verbose")->verbose);
    EXPECT_TRUE(read("/readyz?a=b&verbose=1")->verbose);
    EXPECT_FALSE(read("/readyz?verbosely")->verbose);
    EXPECT_EQ(read("/")->file, "index.html");
    EXPECT_EQ(read("/page.js?v=1")->file, "page.js");
    EXPECT_EQ(read("/%6civez")->resource, Resource::alive);
    EXPECT_EQ(read("http://localhost:20092/metrics")->resource, Resource::metrics);
}

TEST(target, path_traversal_is_rejected) {
    for (const auto* const text : {"", "livez", "/../etc/passwd", "/.hidden", "/a/b", "/%2e%2e", "//", "/..", "/a%2Fb",
                                   "*", "/a\\b", "/livez/", "/page.js\n"})
        EXPECT_FALSE(read(text)) << text;
    EXPECT_FALSE(read(std::string_view{"/a\0b", 4}));
}

}  // namespace
}  // namespace revenant::monitor
