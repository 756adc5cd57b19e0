#include "host/serve/settings.hpp"

#include <gtest/gtest.h>

#include "host/error/error.hpp"

namespace revenant::host::serve {
namespace {

using Words = std::vector<const char*>;

constexpr auto edpk = "edpkuBknW28nW72KG6RoHtYW7p12T6GKc7nAbwYX5m8Wd9sDVC9yav";

ServeSettings read(Words words) {
    Options options{"host", "test"};
    options.add("deadline", "", "seconds");
    options.commands({{.name = "serve", .options = {{.name = "listen"}}, .settings = settings()}});
    words.insert(words.begin(), {"revenant", "--config", "/dev/null"});
    const char* const environment[] = {nullptr};
    options.parse(static_cast<int>(words.size()), words.data(), environment);
    return serve_settings(options, {});
}

std::string complaint(const Words& words) {
    try {
        read(words);
    } catch (const Error& failure) {
        EXPECT_EQ(failure.fault(), Fault::usage);
        return failure.what();
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(serve_settings, defaults_are_safe) {
    const auto settings = read({});
    EXPECT_TRUE(settings.listen.address().is_loopback());
    EXPECT_EQ(settings.listen.port(), 20090);
    EXPECT_TRUE(settings.client_keys.empty());
    EXPECT_FALSE(settings.list_known_keys);
    EXPECT_EQ(settings.prefix, "");
    EXPECT_EQ(settings.deadline, std::chrono::milliseconds{4500});
    EXPECT_EQ(read({"--deadline", "3"}).deadline, std::chrono::seconds{3});
    EXPECT_EQ(read({"--path-prefix", "/signer/"}).prefix, "/signer");
    EXPECT_EQ(read({"--path-prefix", "/"}).prefix, "");
}

TEST(serve_settings, non_loopback_needs_client_keys_or_consent) {
    for (const auto* address : {"0.0.0.0", "::", "192.0.2.1", "::ffff:0.0.0.0"}) {
        const auto refused = complaint({"--listen-address", address});
        EXPECT_NE(refused.find("--client-keys"), std::string::npos) << address;
        EXPECT_NE(refused.find("--allow-unauthenticated"), std::string::npos) << address;
        EXPECT_EQ(complaint({"--listen-address", address, "--allow-unauthenticated"}), "");
        EXPECT_EQ(complaint({"--listen-address", address, "--client-keys", edpk}), "");
    }
    for (const auto* address : {"127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"})
        EXPECT_EQ(complaint({"--listen-address", address}), "") << address;
}

TEST(serve_settings, listen_is_address_and_port) {
    const auto endpoint = [](const char* listen) {
        const auto at = read({"--listen", listen, "--listen-port", "7", "--allow-unauthenticated"}).listen;
        return at.address().to_string() + " " + std::to_string(at.port());
    };
    EXPECT_EQ(endpoint("127.0.0.2:20091"), "127.0.0.2 20091");
    EXPECT_EQ(endpoint("[::1]:20091"), "::1 20091");
    EXPECT_EQ(endpoint("[::1]"), "::1 7");
    EXPECT_EQ(endpoint("127.0.0.1"), "127.0.0.1 7");
    for (const auto* all : {":7", ""})
        EXPECT_EQ(endpoint(all), "0.0.0.0 7");
    EXPECT_NE(complaint({"--listen", "0.0.0.0:7"}).find("--client-keys"), std::string::npos);
    for (const auto* wrong :
         {"localhost:7", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1", "127.0.0.1:x", "::1", "[::1"})
        EXPECT_NE(complaint({"--listen", wrong}).find("expected ADDRESS:PORT"), std::string::npos) << wrong;
}

TEST(serve_settings, invalid_setting_is_one_sentence) {
    EXPECT_NE(complaint({"--listen-address", "localhost"}).find("expected an IP address"), std::string::npos);
    EXPECT_NE(complaint({"--listen-port", "65536"}).find("from 0 to 65535"), std::string::npos);
    EXPECT_NE(complaint({"--listen-port", ""}).find("listen-port"), std::string::npos);
    EXPECT_NE(complaint({"--path-prefix", "signer"}).find("/signer"), std::string::npos);
    EXPECT_NE(complaint({"--path-prefix", "/a b"}).find("/signer"), std::string::npos);
    EXPECT_NE(complaint({"--client-keys", "edpk1"}).find("edpk1"), std::string::npos);
    EXPECT_NE(complaint({"--list-known-keys=perhaps"}).find("true or false"), std::string::npos);
}

}  // namespace
}  // namespace revenant::host::serve
