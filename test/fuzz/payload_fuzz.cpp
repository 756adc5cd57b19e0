// Fuzzes payload recognition. The first byte selects the curve, the rest is the payload.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <variant>

#include "common/tezos/payload.hpp"

namespace {

using revenant::ByteView;
using revenant::tezos::Curve;
using revenant::tezos::Kind;
using revenant::tezos::Operation;

void require(bool truth) {
    if (!truth)
        std::abort();
}

std::int64_t number_at(ByteView bytes, std::size_t at) {
    std::int64_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8 | bytes[at + i];
    return number;  // unsigned: a negative field is larger than any int32
}

/// Checks a recognised payload independently.
void check(const Operation& found, ByteView bytes, Curve curve) {
    const auto size = bytes.size();
    require(found.level >= 0 && found.round >= 0);
    for (std::size_t i = 0; i < found.chain.size(); ++i)
        require(found.chain[i] == bytes[1 + i]);
    if (found.kind == Kind::block) {
        require(bytes[0] == 0x11 && (size == 198 || size == 202 || size == 230 || size == 234));
        const auto fitness = static_cast<std::size_t>(number_at(bytes, 83));
        require(fitness == 33 || fitness == 37);
        require(number_at(bytes, 5) == found.level && number_at(bytes, 96) == found.level);
        require(number_at(bytes, 83 + fitness) == found.round);
        require(size == 165 + fitness + (bytes[163 + fitness] == 0xff ? 32 : 0));
        return;
    }
    require(bytes[0] == (found.kind == Kind::preattestation ? 0x12 : 0x13));
    const std::size_t level = curve == Curve::bls ? 38 : 40;
    require(number_at(bytes, level) == found.level && number_at(bytes, level + 4) == found.round);
    const bool dal = bytes[37] == 0x17;
    require(dal ? curve == Curve::ed25519 && size > 80 && size <= 512 : size == level + 40);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const auto curve = (data[0] & 1) == 0 ? Curve::bls : Curve::ed25519;
    const ByteView bytes{data + 1, size - 1};
    const auto verdict = revenant::tezos::recognise(bytes, curve);
    if (const auto* found = std::get_if<Operation>(&verdict))
        check(*found, bytes, curve);
    else
        require(std::get<revenant::tezos::BadPayload>(verdict).reason != nullptr);
    return 0;
}
