#include "monitor/checks/declaration.hpp"

#include <gtest/gtest.h>

namespace revenant::monitor {
namespace {

TEST(declarations, valid_text_yields_names_and_probes) {
    const auto all = read_declarations(
        "broker!=mdp://127.0.0.1:5555/sign,http://localhost:80/health  node=http://[::1]:8732 "
        "old=mdp+rfc7://10.0.0.1:1/a/b?echo "
        "gadget=unix:/run/a.sock reg=status:///run/b.sock");
    ASSERT_EQ(all.size(), 5U);
    EXPECT_TRUE(all[0].essential);
    EXPECT_EQ(all[0].name, "broker");
    const auto& mdp = std::get<MdpTarget>(all[0].targets.at(0));
    EXPECT_EQ(mdp.endpoint, "tcp://127.0.0.1:5555");
    EXPECT_EQ(mdp.dialect, mdp::Dialect::rfc18);
    EXPECT_EQ(mdp.service, "sign");
    EXPECT_FALSE(mdp.echo);
    EXPECT_EQ(std::get<HttpTarget>(all[0].targets.at(1)).path, "/health");
    EXPECT_FALSE(all[1].essential);
    EXPECT_EQ(std::get<HttpTarget>(all[1].targets.at(0)).path, "/");
    EXPECT_TRUE(std::get<HttpTarget>(all[1].targets.at(0)).server.address().is_v6());
    const auto& old = std::get<MdpTarget>(all[2].targets.at(0));
    EXPECT_EQ(old.dialect, mdp::Dialect::rfc7);
    EXPECT_EQ(old.service, "a/b");
    EXPECT_TRUE(old.echo);
    EXPECT_FALSE(std::get<UnixTarget>(all[3].targets.at(0)).status);
    EXPECT_EQ(std::get<UnixTarget>(all[4].targets.at(0)).path, "/run/b.sock");
    EXPECT_TRUE(std::get<UnixTarget>(all[4].targets.at(0)).status);
    EXPECT_TRUE(read_declarations("").empty());
}

TEST(declarations, http_fragment_is_left_out) {
    const auto all = read_declarations("a=http://127.0.0.1:80/health?x=1#top b=http://127.0.0.1:80#top");
    EXPECT_EQ(std::get<HttpTarget>(all[0].targets.at(0)).path, "/health?x=1");
    EXPECT_EQ(std::get<HttpTarget>(all[1].targets.at(0)).path, "/");
}

TEST(declarations, invalid_text_throws) {
    for (const auto* const text : {"x",
                                   "=http://127.0.0.1:1/",
                                   "!=http://127.0.0.1:1/",
                                   "a=",
                                   "a=ftp://x",
                                   "a=http://127.0.0.1/",
                                   "a=http://host:80/",
                                   "a=http://127.0.0.1:0/",
                                   "a=http://127.0.0.1:70000/",
                                   "a=http://127.0.0.1:8x/",
                                   "a=mdp://127.0.0.1:5/",
                                   "a=mdp://127.0.0.1:5",
                                   "a=mdp+rfc9://127.0.0.1:5/s",
                                   "a=mdp://127.0.0.1:5/s?tag",
                                   "a=unix:run",
                                   "a=status:",
                                   "a=unix:/x,",
                                   "a b=unix:/x",
                                   "a=unix:/x a=unix:/y",
                                   "a/b=unix:/x",
                                   "a=unix:/1,unix:/2,unix:/3,unix:/4,unix:/5"})
        EXPECT_THROW(read_declarations(text), std::invalid_argument) << text;
    std::string many;
    for (int count = 0; count < 17; ++count)
        many += " d" + std::to_string(count) + "=unix:/x";
    EXPECT_THROW(read_declarations(many), std::invalid_argument);
}

}  // namespace
}  // namespace revenant::monitor
