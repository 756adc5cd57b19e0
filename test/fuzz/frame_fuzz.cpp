// The first bytes define how the rest is split. Every split must give the same frames.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "common/wire/frame.hpp"

namespace {

using revenant::ByteView;

constexpr std::size_t payload_limit = 256;

struct Decoded {
    std::vector<revenant::Frame> frames;
    std::uint64_t skipped, oversized;
    bool incomplete;
};

void require(bool condition) {
    if (!condition)
        std::abort();
}

/// Feeds `bytes` in pieces with the sizes in `cuts`; zero is an empty piece.
Decoded decode(ByteView bytes, ByteView cuts) {
    revenant::FrameDecoder decoder{payload_limit};
    Decoded decoded{};
    const auto take = [&](revenant::Frame frame) { decoded.frames.push_back(std::move(frame)); };
    for (std::size_t turn = 0; turn < cuts.size() && !bytes.empty(); ++turn) {
        const auto piece = bytes.first(std::min<std::size_t>(cuts[turn], bytes.size()));
        decoder.feed(piece, take);
        bytes = bytes.subspan(piece.size());
    }
    decoder.feed(bytes, take);
    decoded.skipped = decoder.skipped_bytes();
    decoded.oversized = decoder.oversized_frames();
    decoded.incomplete = decoder.incomplete();
    return decoded;
}

void require_same(const Decoded& one, const Decoded& other) {
    require(one.skipped == other.skipped && one.oversized == other.oversized && one.incomplete == other.incomplete);
    const auto same = [](const revenant::Frame& left, const revenant::Frame& right) {
        return left.type == right.type && left.id == right.id && left.payload == right.payload;
    };
    require(std::equal(one.frames.begin(), one.frames.end(), other.frames.begin(), other.frames.end(), same));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto cuts = input.first(std::min<std::size_t>(size, 16));
    const auto stream = input.subspan(cuts.size());
    const auto whole = decode(stream, {});
    require_same(whole, decode(stream, cuts));

    std::size_t accounted = whole.skipped + revenant::frame_header_size * whole.oversized;
    for (const auto& frame : whole.frames) {
        require(frame.payload.size() <= payload_limit);
        const auto again = revenant::encode(frame.type, frame.id, frame.payload);
        require(std::search(stream.begin(), stream.end(), again.begin(), again.end()) != stream.end());
        accounted += again.size();
    }
    require(whole.incomplete ? accounted < stream.size() : accounted == stream.size());
    require(stream.size() - accounted < revenant::frame_header_size + payload_limit);
    return 0;
}
