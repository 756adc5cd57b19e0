#include "host/channel/refusal.hpp"

#include <set>

#include <gtest/gtest.h>

#include "host/channel/link_errors.hpp"

namespace revenant::host {
namespace {

TEST(refusal, each_device_error_has_its_fault) {
    const auto fault = [](ErrorCode code) { return refusal(ErrorResponse{code, "no"}).fault(); };
    EXPECT_EQ(fault(ErrorCode::key_not_found), Fault::key_not_found);
    EXPECT_EQ(fault(ErrorCode::key_locked), Fault::key_locked);
    EXPECT_EQ(fault(ErrorCode::stale_watermark), Fault::stale_watermark);
    EXPECT_EQ(fault(ErrorCode::bad_payload), Fault::bad_payload);
    EXPECT_EQ(fault(ErrorCode::busy), Fault::busy);
    EXPECT_EQ(fault(ErrorCode::throttled), Fault::wrong_passphrase);
    EXPECT_EQ(fault(ErrorCode::sign_failed), Fault::refused);
    EXPECT_EQ(fault(static_cast<ErrorCode>(7777)), Fault::refused);
}

TEST(refusal, texts_about_passphrase_are_recognised) {
    for (const auto* text : {"bad password or corrupted key (unwrap)", "seed corrupted or bad password",
                             "wrong passphrase", "too many wrong passphrases"}) {
        EXPECT_TRUE(blames_passphrase(text)) << text;
        EXPECT_EQ(refusal(ErrorResponse{ErrorCode::sign_failed, text}).fault(), Fault::wrong_passphrase) << text;
    }
    for (const auto* text : {"key locked", "unknown key", "bad sign payload", "state corrupted"})
        EXPECT_FALSE(blames_passphrase(text)) << text;
}

TEST(refusal, carries_the_code_of_the_device) {
    EXPECT_EQ(refusal(ErrorResponse{static_cast<ErrorCode>(7777), "no"}).device_code(), 7777U);
}

TEST(refusal, control_characters_are_replaced) {
    const std::string sentence = refusal(ErrorResponse{ErrorCode::stale_watermark, "mark\x1b[2J"}, "tz4Key").what();
    EXPECT_EQ(sentence, "tz4Key: the device refused (error 33): mark?[2J");
}

TEST(refusal, key_is_named_once) {
    const std::string sentence = refusal(ErrorResponse{ErrorCode::key_locked, "key tz4Key is locked"}, "tz4Key").what();
    EXPECT_EQ(sentence, "the device refused (error 32): key tz4Key is locked");
}

TEST(link_errors, each_readiness_has_a_fault_of_its_own) {
    std::set<std::string> names;
    for (const auto readiness : {Readiness::not_ready, Readiness::silent, Readiness::absent, Readiness::foreign,
                                 Readiness::forbidden, Readiness::several, Readiness::held})
        EXPECT_TRUE(names.insert(name(fault_of(readiness).value())).second);
    EXPECT_EQ(fault_of(Readiness::ready), std::nullopt);
}

}  // namespace
}  // namespace revenant::host
