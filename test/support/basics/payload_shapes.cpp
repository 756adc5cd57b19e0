#include "test/support/basics/payload_shapes.hpp"

#include <stdexcept>
#include <utility>

#include "test/support/basics/vectors.hpp"

namespace revenant::test {
namespace {

using tezos::Curve;
using tezos::Kind;
using tezos::Operation;

constexpr std::string_view chain = "b3d79f99";
constexpr Operation base{Kind::block, {0xb3, 0xd7, 0x9f, 0x99}, 1000, 2};
constexpr std::string_view level = "000003e8";
constexpr std::string_view round = "00000002";

std::string repeated(std::string_view byte, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += byte;
    return text;
}

/// Appends a field given in hex. `marks` is one character for all of its bytes, or one per byte.
void add(Shape& shape, std::string_view hex_digits, std::string_view marks) {
    const auto field = unhex(hex_digits);
    shape.bytes.insert(shape.bytes.end(), field.begin(), field.end());
    shape.marks += marks.size() == 1 ? std::string(field.size(), marks[0]) : std::string{marks};
}

Shape block(Curve curve, bool locked, bool seed_nonce) {
    Shape shape{(curve == Curve::bls ? "tz4" : "tz1") + std::string{" block"} + (locked ? ", locked" : "") +
                    (seed_nonce ? ", seed nonce" : ""),
                curve,
                base,
                {},
                {}};
    add(shape, "11", "!");
    add(shape, chain, "c");
    add(shape, level, "!");  // a change no longer matches the fitness
    add(shape, "18", ".");   // protocol level
    add(shape, repeated("33", 32), ".");
    add(shape, "0000000069a8c3a3", ".");
    add(shape, "04", ".");  // validation passes
    add(shape, repeated("44", 32), ".");
    add(shape, locked ? "00000025" : "00000021", "!");
    add(shape, "0000000102", "!");
    add(shape, "00000004", "!");
    add(shape, level, "!");
    add(shape, locked ? "00000004" : "00000000", "!");
    if (locked)
        add(shape, "00000001", "+...");
    add(shape, "00000004", "!");
    add(shape, "ffffffff", "-...");
    add(shape, "00000004", "!");
    add(shape, round, "r");
    add(shape, repeated("55", 32), ".");
    add(shape, repeated("22", 32), ".");
    add(shape, "00000001", "+...");  // payload round
    add(shape, "0011223344556677", ".");
    add(shape, seed_nonce ? "ff" : "00", "!");
    if (seed_nonce)
        add(shape, repeated("66", 32), ".");
    add(shape, "00", ".");  // votes
    return shape;
}

Shape consensus(std::string name, Curve curve, Kind kind, std::string_view tag) {
    Shape shape{std::move(name), curve, base, {}, {}};
    shape.means.kind = kind;
    add(shape, kind == Kind::preattestation ? "12" : "13", "!");
    add(shape, chain, "c");
    add(shape, repeated("11", 32), ".");
    add(shape, tag, "!");
    if (curve == Curve::ed25519)
        add(shape, "0007", ".");  // slot
    add(shape, level, "l");
    add(shape, round, "r");
    add(shape, repeated("22", 32), ".");
    return shape;
}

Shape with_dal(std::string name, std::string_view bits, std::string_view marks) {
    auto shape = consensus(std::move(name), Curve::ed25519, Kind::attestation, "17");
    add(shape, bits, marks);
    return shape;
}

std::uint32_t with_byte(std::int32_t number, std::size_t index, std::uint8_t byte) {
    const auto shift = 8 * (3 - index);
    return (static_cast<std::uint32_t>(number) & ~(0xffu << shift)) | static_cast<std::uint32_t>(byte) << shift;
}

}  // namespace

std::vector<Shape> shapes() {
    std::vector<Shape> all;
    for (const auto curve : {Curve::bls, Curve::ed25519})
        for (const bool seed_nonce : {false, true})
            for (const bool locked : {false, true})
                all.push_back(block(curve, locked, seed_nonce));
    all.push_back(consensus("tz4 preattestation", Curve::bls, Kind::preattestation, "28"));
    all.push_back(consensus("tz4 attestation", Curve::bls, Kind::attestation, "29"));
    all.push_back(consensus("tz1 preattestation", Curve::ed25519, Kind::preattestation, "14"));
    all.push_back(consensus("tz1 attestation", Curve::ed25519, Kind::attestation, "15"));
    all.push_back(with_dal("tz1 attestation with DAL", "05", "+"));
    all.push_back(with_dal("tz1 attestation with more DAL", "858003", "--z"));
    return all;
}

Shape shape(std::string_view name) {
    for (auto& candidate : shapes())
        if (candidate.name == name)
            return std::move(candidate);
    throw std::invalid_argument{"unknown payload shape: " + std::string{name}};
}

void put(Bytes& bytes, std::size_t at, std::uint32_t number) {
    for (std::size_t i = 0; i < 4; ++i)
        bytes.at(at + i) = static_cast<std::uint8_t>(number >> 8 * (3 - i));
}

std::optional<Operation> expected_after(const Shape& shape, std::size_t at, ByteView changed) {
    const auto byte = changed[at];
    const bool high = byte >= 0x80;
    auto means = shape.means;
    const char mark = shape.marks[at];
    const std::size_t index = at - shape.marks.find(mark);  // within the chain, level or round
    switch (mark) {
        case '.':
            return means;
        case '+':
            return high ? std::nullopt : std::optional{means};
        case '-':
            return high ? std::optional{means} : std::nullopt;
        case 'z':
            return high || byte == 0 ? std::nullopt : std::optional{means};
        case 'c':
            means.chain[index] = byte;
            return means;
        case 'l':
            means.level = static_cast<std::int32_t>(with_byte(means.level, index, byte));
            break;
        case 'r':
            means.round = static_cast<std::int32_t>(with_byte(means.round, index, byte));
            break;
        default:
            return std::nullopt;
    }
    return means.level < 0 || means.round < 0 ? std::nullopt : std::optional{means};
}

}  // namespace revenant::test
