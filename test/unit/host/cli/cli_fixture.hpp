#pragma once

#include <sstream>

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/cli/cli.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/unit/host/channel/fake_device.hpp"

namespace revenant::host {

namespace json = boost::json;

/// `revenant` on the loopback bus, with a device that the test scripts.
class CliTest : public ::testing::Test {
protected:
    // A worked example of the tz4 signature scheme.
    static constexpr auto address = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
    static constexpr auto public_key = "BLpk1zKCZWUm6fXHxeLZY8jyv8m4cNKvYtM1yVC6uE9fViEGwU5CMRF8kL1DUKtdaqYmX71FJPCe";
    static constexpr auto payload =
        "13b3d79f99111111111111111111111111111111111111111111111111111111111111111129000003e800000002222222222222222222"
        "2222"
        "22"
        "2222222222222222222222222222222222222222";
    static constexpr auto signature =
        "BLsigAHk6sUjzmetx2GG7E8bataG5U5XVaTWeSKxaKCNqFp3tfPZgaZHGWh3vs8q4pxn3uPJT33D7rFPRgRwMFkMBfm7mYRzcb9fBfrqDy5kyt"
        "XHKV"
        "BJeC"
        "QFg19rpDJgcES9WpYHuWCfFB";

    struct Result {
        int exit = -1;
        std::string out, err;
    };
    static test::Reaction no_reaction(const Request& /*request*/) { return {}; }

    static void SetUpTestSuite() {
        ASSERT_GE(sodium_init(), 0);
        // No test may wait for a person: there is no terminal.
        if (const int terminal = ::open("/dev/tty", O_RDWR); terminal >= 0) {
            ::ioctl(terminal, TIOCNOTTY);
            ::close(terminal);
        }
    }
    void TearDown() override { ::unsetenv("REVENANT_PASSPHRASE"); }

    Result revenant(std::vector<std::string> words) const {
        std::vector<std::string> all{"revenant", "--bus", "loopback", "--run-dir", directory.path().string()};
        all.insert(all.end(), words.begin(), words.end());
        std::vector<const char*> argv;
        for (const auto& word : all)
            argv.push_back(word.c_str());
        std::ostringstream out, err;
        const int exit = run_cli(static_cast<int>(argv.size()), argv.data(), environ, out, err);
        return {exit, out.str(), err.str()};
    }
    json::value revenant_json(std::vector<std::string> words, int exit = 0) const {
        words.insert(words.begin(), "--json");
        const auto result = revenant(std::move(words));
        EXPECT_EQ(result.exit, exit) << result.out;
        EXPECT_EQ(result.err, "");
        return json::parse(result.out);
    }

    void start(std::function<test::Reaction(const Request&)> react) {
        device.emplace(directory.path(), std::move(react));
    }
    /// A device that answers the status with `keys`, and anything else by `react`.
    void start_with_keys(std::function<test::Reaction(const Request&)> react) {
        start([this, react = std::move(react)](const Request& request) -> test::Reaction {
            if (std::holds_alternative<StatusRequest>(request))
                return {StatusResponse{keys}};
            return react(request);
        });
    }
    static test::Reaction refuse(ErrorCode code, const std::string& message) { return {ErrorResponse{code, message}}; }

    static std::vector<KeyStatus> two_keys() {
        KeyStatus open;
        open.key_id = "consensus";
        open.lock_state = LockState::unlocked;
        open.address = address;
        open.public_key = public_key;
        open.block = {1000, 2};
        open.chains.push_back({{0xb3, 0xd7, 0x9f, 0x99}, {1000, 2}, {}, {999, 0}, true});
        KeyStatus shut;
        shut.key_id = "companion";
        shut.lock_state = LockState::locked;
        shut.address = "tz4CompanionAddress";
        return {open, shut};
    }

    test::TemporaryDirectory directory;
    std::vector<KeyStatus> keys = two_keys();
    std::optional<test::FakeDevice> device;
};

}  // namespace revenant::host
