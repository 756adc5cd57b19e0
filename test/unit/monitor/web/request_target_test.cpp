#include "monitor/web/request_target.hpp"

#include <gtest/gtest.h>

namespace revenant::monitor {
namespace {

TEST(target, path_maps_to_resource) {
    EXPECT_EQ(read_target("/livez")->resource, Resource::alive);
    EXPECT_EQ(read_target("/events?last-event-id=x-1")->resource, Resource::events);
    EXPECT_TRUE(read_target("/readyz?verbose")->verbose);
    EXPECT_TRUE(read_target("/readyz?a=b&verbose=1")->verbose);
    EXPECT_FALSE(read_target("/readyz?verbosely")->verbose);
    EXPECT_EQ(read_target("/")->file, "index.html");
    EXPECT_EQ(read_target("/page.js?v=1")->file, "page.js");
}

TEST(target, path_traversal_is_rejected) {
    for (const auto* const text : {"", "livez", "/../etc/passwd", "/.hidden", "/a/b", "/%2e%2e", "//", "/..",
                                   "http://x/", "*", "/a\\b", "/livez/", "/page.js\n"})
        EXPECT_FALSE(read_target(text)) << text;
    EXPECT_FALSE(read_target(std::string_view{"/a\0b", 4}));
}

TEST(target, parameter_is_extracted_from_query) {
    EXPECT_EQ(parameter("/x?a=1&b=&c", "a"), "1");
    EXPECT_EQ(parameter("/x?a=1&b=&c", "b"), "");
    EXPECT_EQ(parameter("/x?a=1&b=&c", "c"), "");
    EXPECT_FALSE(parameter("/x?a=1", "d"));
    EXPECT_FALSE(parameter("/x", "a"));
    EXPECT_EQ(parameter("/x?&&a==2", "a"), "=2");
}

}  // namespace
}  // namespace revenant::monitor
