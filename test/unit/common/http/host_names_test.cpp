#include "common/http/host_names.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace revenant::http {
namespace {

TEST(HostNamesTest, addresses_localhost_and_configured) {
    const HostNames names{"Signer.Example, dotted.example."};
    for (const auto* const right :
         {"", "127.0.0.1", "127.0.0.1:80", "10.1.2.3:80", "[::1]", "[::1]:80", "[fe80::1]:1", "localhost",
          "LocalHost:80", "localhost.", "signer.example", "SIGNER.example.:443", "dotted.example"})
        EXPECT_TRUE(names.know(right)) << right;
    for (const auto* const wrong :
         {"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "xsigner.example",
          "[evil.example]", ":80", "[", ".", " ", "127.0.0.1@evil.example", "signer.example@evil"})
        EXPECT_FALSE(names.know(wrong)) << wrong;
    EXPECT_FALSE(HostNames{}.know("signer.example"));
    for (const auto* const wrong : {".", "signer:80", "http://signer", "a/b"})
        EXPECT_THROW(HostNames{wrong}, std::invalid_argument) << wrong;
}

}  // namespace
}  // namespace revenant::http
