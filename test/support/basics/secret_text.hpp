#pragma once

#include <string>

#include "common/core/secret.hpp"

namespace revenant::test {

/// Returns the content of a secret for comparison in a test.
inline std::string text_of(const Secret& secret) {
    const Secret::Reader plain{secret};
    return {plain.bytes().begin(), plain.bytes().end()};
}

}  // namespace revenant::test
