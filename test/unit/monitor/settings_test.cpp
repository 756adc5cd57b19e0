#include "monitor/settings.hpp"

#include <gtest/gtest.h>

#include "monitor/options.hpp"

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<const char*>;

Settings read(Words words) {
    auto options = monitor_options();
    words.insert(words.begin(), {"revenant-monitor", "--config", "/dev/null"});
    const char* const environment[] = {nullptr};
    options.parse(static_cast<int>(words.size()), words.data(), environment);
    return read_settings(options);
}

std::string complaint(const Words& words) {
    try {
        read(words);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(monitor_settings, defaults_are_safe) {
    const auto settings = read({});
    EXPECT_TRUE(settings.listen.address().is_loopback());
    EXPECT_EQ(settings.listen.port(), 20092);
    EXPECT_TRUE(settings.host_names.know("localhost"));
    EXPECT_FALSE(settings.host_names.know("signer.example"));
    EXPECT_EQ(settings.pace.period, 500ms);
    EXPECT_EQ(settings.pace.deadline, 500ms);
    EXPECT_EQ(settings.pace.breaker.failures, 5U);
    EXPECT_EQ(settings.pace.breaker.rest, 30s);
    EXPECT_EQ(settings.web.pace.keep_alive, 30s);
    EXPECT_EQ(settings.web.pace.blocked, 10s);
    EXPECT_EQ(StreamPace{}.keep_alive, 30s);
}

TEST(monitor_settings, host_names_are_parsed) {
    const auto settings = read({"--host-names", "signer.example, Other"});
    EXPECT_TRUE(settings.host_names.know("signer.example"));
    EXPECT_TRUE(settings.host_names.know("other:80"));
}

TEST(monitor_settings, help_names_each_probe) {
    const char* const words[] = {"revenant-monitor", "--help"};
    const char* const environment[] = {nullptr};
    testing::internal::CaptureStdout();
    auto options = monitor_options();
    EXPECT_FALSE(options.parse(2, words, environment));
    const auto help = testing::internal::GetCapturedStdout();
    for (const auto* const probe : {"mdp://", "mdp+rfc7://", "mdp+plantd://", "?echo", "http://", "unix:", "status:"})
        EXPECT_NE(help.find(probe), std::string::npos) << probe;
}

TEST(monitor_settings, invalid_setting_names_setting_and_remedy) {
    EXPECT_NE(complaint({"--host-names", "http://signer"}).find("host-names"), std::string::npos);
    EXPECT_NE(complaint({"--listen-address", "localhost"}).find("127.0.0.1"), std::string::npos);
    EXPECT_NE(complaint({"--listen-address", "::"}).find("--token-file"), std::string::npos);
    EXPECT_EQ(complaint({"--listen-address", "::", "--allow-unauthenticated"}), "");
    EXPECT_EQ(complaint({"--listen-address", "::ffff:127.0.0.1"}), "");
    EXPECT_NE(complaint({"--signers", "status.sock"}).find("absolute paths"), std::string::npos);
    EXPECT_NE(complaint({"--dependencies", "x"}).find("dependencies"), std::string::npos);
}

}  // namespace
}  // namespace revenant::monitor
