#include "common/wire/frame.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <sodium.h>

namespace revenant {
namespace {

constexpr std::uint8_t magic = 0x56;
constexpr std::size_t type_at = 1, id_at = 2, size_at = 18, parity_at = 22;

std::uint8_t parity(std::span<const std::uint8_t> header) {
    return std::accumulate(header.begin(), header.begin() + parity_at, std::uint8_t{0},
                           [](std::uint8_t sum, std::uint8_t byte) { return static_cast<std::uint8_t>(sum ^ byte); });
}

std::size_t payload_size(std::span<const std::uint8_t, frame_header_size> header) {
    return header[size_at] | std::size_t{header[size_at + 1]} << 8U | std::size_t{header[size_at + 2]} << 16U |
           std::size_t{header[size_at + 3]} << 24U;
}

bool may_carry_payload(std::uint8_t type) {
    return type == static_cast<std::uint8_t>(FrameType::request) ||
           type == static_cast<std::uint8_t>(FrameType::response);
}

}  // namespace

MessageId random_id() {
    MessageId id;
    randombytes_buf(id.data(), id.size());
    return id;
}

std::string to_text(const MessageId& id) {
    std::string text(id.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), id.data(), id.size());
    text.pop_back();
    return text;
}

void write_header(std::span<std::uint8_t> frame, FrameType type, const MessageId& id) {
    const auto payload_size = frame.size() - frame_header_size;
    frame[0] = magic;
    frame[type_at] = static_cast<std::uint8_t>(type);
    std::copy(id.begin(), id.end(), frame.begin() + id_at);
    for (unsigned byte = 0; byte < 4; ++byte)
        frame[size_at + byte] = static_cast<std::uint8_t>(payload_size >> (8 * byte));
    frame[parity_at] = parity(frame);
}

Bytes encode(FrameType type, const MessageId& id, ByteView payload) {
    Bytes frame(frame_header_size + payload.size());
    write_header(frame, type, id);
    std::copy(payload.begin(), payload.end(), frame.begin() + frame_header_size);
    return frame;
}

void FrameDecoder::feed(ByteView bytes, const std::function<void(Frame)>& take) {
    while (!bytes.empty()) {
        if (header_fill_ < frame_header_size) {
            take_header_byte(bytes.front());
            bytes = bytes.subspan(1);
        } else {
            const auto part = bytes.first(std::min(bytes.size(), payload_size_ - payload_.size()));
            payload_.insert(payload_.end(), part.begin(), part.end());
            bytes = bytes.subspan(part.size());
        }
        if (header_fill_ == frame_header_size && payload_.size() == payload_size_) {
            Frame frame{static_cast<FrameType>(header_[type_at]), {}, std::move(payload_)};
            std::copy_n(header_.begin() + id_at, frame.id.size(), frame.id.begin());
            reset();
            take(std::move(frame));
        }
    }
}

void FrameDecoder::take_header_byte(std::uint8_t byte) {
    header_[header_fill_++] = byte;
    while (header_fill_ > 0 && !plausible())
        skip_one();
    if (header_fill_ == frame_header_size)
        begin_payload();
}

/// Whether header_ can still become a valid header.
bool FrameDecoder::plausible() const {
    if (header_[0] != magic)
        return false;
    if (header_fill_ > type_at && (header_[type_at] < static_cast<std::uint8_t>(FrameType::request) ||
                                   header_[type_at] > static_cast<std::uint8_t>(FrameType::keep_alive)))
        return false;
    if (header_fill_ < frame_header_size)
        return true;
    return header_[parity_at] == parity(header_) && (may_carry_payload(header_[type_at]) || payload_size(header_) == 0);
}

void FrameDecoder::skip_one() {
    std::copy(header_.begin() + 1, header_.begin() + static_cast<std::ptrdiff_t>(header_fill_), header_.begin());
    --header_fill_;
    ++skipped_;
}

void FrameDecoder::begin_payload() {
    payload_size_ = payload_size(header_);
    if (payload_size_ > limit_) {
        ++oversized_;
        reset();
    }
}

void FrameDecoder::reset() {
    header_fill_ = 0;
    payload_size_ = 0;
    payload_ = Bytes{};  // the old storage is wiped when freed
}

}  // namespace revenant
