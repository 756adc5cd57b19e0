#include "test/support/suite/signing_burst.hpp"

#include <gtest/gtest.h>

namespace revenant::test {

SigningBurst start_burst(Baker& baker, std::int32_t level) {
    SigningBurst burst{level};
    for (const auto& key : baker.keys)
        for (const auto kind : kinds)
            burst.answers.push_back(baker.ask(key, operation(key.curve, kind, level)));
    return burst;
}

void finish_burst(Baker& baker, SigningBurst burst) {
    auto answer = burst.answers.begin();
    for (const auto& key : baker.keys)
        for (const auto kind : kinds) {
            const auto message = operation(key.curve, kind, burst.level);
            const auto signature = Baker::signature(key, message, std::move(*answer++));
            EXPECT_EQ(baker.signature(key, message), signature);
            auto contrary = baker.ask(key, operation(key.curve, kind, burst.level, 0, 1));
            EXPECT_EQ(error_of(response_of(std::move(contrary))), ErrorCode::stale_watermark);
        }
}

}  // namespace revenant::test
