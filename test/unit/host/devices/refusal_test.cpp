#include "host/devices/refusal.hpp"

#include <gtest/gtest.h>

namespace revenant::host::serve {
namespace {

TEST(serve_refusal, each_error_of_the_device_has_its_status) {
    const auto status = [](ErrorCode code) { return refusal("tz4", ErrorResponse{code, "no"}).status(); };
    EXPECT_EQ(status(ErrorCode::key_not_found), 404U);
    EXPECT_EQ(status(ErrorCode::key_locked), 403U);
    EXPECT_EQ(status(ErrorCode::stale_watermark), 409U);
    EXPECT_EQ(status(ErrorCode::bad_payload), 400U);
    EXPECT_EQ(status(ErrorCode::busy), 503U);
    EXPECT_EQ(status(ErrorCode::sign_failed), 500U);
    EXPECT_EQ(status(static_cast<ErrorCode>(7777)), 500U);
}

TEST(serve_refusal, keeps_the_devices_words_and_nothing_that_moves_a_cursor) {
    const std::string sentence = refusal("tz4Key", ErrorResponse{ErrorCode::stale_watermark, "mark\x1b[2J"}).what();
    EXPECT_EQ(sentence, "tz4Key: the device refused (error 33): mark?[2J");
}

TEST(serve_refusal, names_the_key_once) {
    const std::string sentence = refusal("tz4Key", ErrorResponse{ErrorCode::key_locked, "key tz4Key is locked"}).what();
    EXPECT_EQ(sentence, "the device refused (error 32): key tz4Key is locked");
}

}  // namespace
}  // namespace revenant::host::serve
