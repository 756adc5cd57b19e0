#include "test/support/suite/flight.hpp"

#include <gtest/gtest.h>

namespace revenant::test {

Flight take_off(Baker& baker, std::int32_t level) {
    Flight flight{level};
    for (const auto& key : baker.keys)
        for (const auto kind : kinds)
            flight.answers.push_back(baker.ask(key, operation(key.curve, kind, level)));
    return flight;
}

void land(Baker& baker, Flight flight) {
    auto answer = flight.answers.begin();
    for (const auto& key : baker.keys)
        for (const auto kind : kinds) {
            const auto message = operation(key.curve, kind, flight.level);
            const auto signature = Baker::signature(key, message, std::move(*answer++));
            EXPECT_EQ(baker.signature(key, message), signature);
            auto contrary = baker.ask(key, operation(key.curve, kind, flight.level, 0, 1));
            EXPECT_EQ(error_of(response_of(std::move(contrary))), ErrorCode::stale_watermark);
        }
}

}  // namespace revenant::test
