#pragma once

#include <string>

#include "test/support/suite/baker.hpp"

namespace revenant::test {

inline std::string unlock_error(Baker& baker, const std::string& id) {
    return baker.management->expect<UnlockResponse>(UnlockRequest{{id}, passphrase()}).results.at(0).error;
}

}  // namespace revenant::test
