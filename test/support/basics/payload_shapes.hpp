#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/tezos/payload.hpp"

namespace revenant::test {

/// One valid payload, built field by field from the protocol's layout, independent of the parser.
/// `marks` has one character per byte: the expected effect of changing that byte.
///   '.' none                                 '!' the payload is rejected
///   'c' 'l' 'r' another chain, level or round; rejected if negative
///   '-' rejected if the high bit is cleared (a number stored negative)
///   '+' rejected if the high bit is set (a non-negative number without watermark)
///   'z' as '+', and rejected if zero (the last byte of a multi-byte number)
struct Shape {
    std::string name;
    tezos::Curve curve;
    tezos::Operation means;
    Bytes bytes;
    std::string marks;
};

/// Every shape, in a fixed order.
std::vector<Shape> shapes();

/// Returns the shape with that name. Throws if there is none.
Shape shape(std::string_view name);

/// Overwrites the bytes at `at` with a big-endian number.
void put(Bytes& bytes, std::size_t at, std::uint32_t number);

/// Returns the expected result for `changed`, the shape's payload with another byte at `at`; nothing if it must be
/// rejected.
std::optional<tezos::Operation> expected_after(const Shape& shape, std::size_t at, ByteView changed);

}  // namespace revenant::test
