// How long a request may take, and which requests may be sent again.
#include <gtest/gtest.h>

#include "host/channel/channel.hpp"

namespace revenant::host {
namespace {

TEST(deadlines, match_the_companions) {
    const auto unlock = [](std::size_t keys) {
        return usual_deadline(UnlockRequest{std::vector<std::string>(keys, "key")});
    };
    const auto create = [](std::size_t keys) {
        return usual_deadline(NewKeysRequest{std::vector<std::string>(keys, "key")});
    };
    EXPECT_EQ(unlock(1), 5s);
    EXPECT_EQ(unlock(3), 8s);
    EXPECT_EQ(unlock(64), 30s);
    EXPECT_EQ(create(0), 10s);
    EXPECT_EQ(create(2), 11500ms);
    EXPECT_EQ(create(64), 30s);
    EXPECT_EQ(usual_deadline(SignRequest{}), 5s);
    EXPECT_EQ(usual_deadline(InitMasterRequest{}), 5s);
    EXPECT_EQ(usual_deadline(DeleteKeysRequest{}), 5s);
    EXPECT_EQ(usual_deadline(StatusRequest{}), 3s);
    EXPECT_EQ(usual_deadline(SetLevelRequest{}), 3s);
}

TEST(repeatable, only_safe_requests) {
    EXPECT_TRUE(repeatable(SignRequest{}) && repeatable(StatusRequest{}) && repeatable(VersionRequest{}) &&
                repeatable(LogsRequest{}) && repeatable(InitInfoRequest{}) && repeatable(UnlockRequest{}) &&
                repeatable(LockRequest{}));
    EXPECT_FALSE(repeatable(NewKeysRequest{}) || repeatable(InitMasterRequest{}) || repeatable(SetLevelRequest{}) ||
                 repeatable(DeleteKeysRequest{}));
}

}  // namespace
}  // namespace revenant::host
