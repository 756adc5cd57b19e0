#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/tezos/payload.hpp"

namespace revenant::test {

/// One valid payload, written field by field from the protocol's layout and independently of the parser.
/// `marks` has one character a byte, which says what a change of that byte does:
///   '.' nothing                              '!' the payload is refused
///   'c' 'l' 'r' it is another chain, level or round; refused when that turns negative
///   '-' refused when the high bit is cleared (a number stored negative)
///   '+' refused when the high bit is set (a number never negative that is not guarded)
///   'z' as '+', and refused when zero (the last byte of a number of several)
struct Shape {
    std::string name;
    tezos::Curve curve;
    tezos::Operation means;
    Bytes bytes;
    std::string marks;
};

/// Every shape, in a fixed order.
std::vector<Shape> shapes();

/// The shape of that name. Throws when there is none.
Shape shape(std::string_view name);

/// Writes a big-endian number over the bytes at `at`.
void put(Bytes& bytes, std::size_t at, std::uint32_t number);

/// What `changed` must be recognised as: it is the shape's payload with another byte at `at`. Nothing: it must be
/// refused.
std::optional<tezos::Operation> expected_after(const Shape& shape, std::size_t at, ByteView changed);

}  // namespace revenant::test
