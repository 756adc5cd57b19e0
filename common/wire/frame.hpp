#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "common/core/bytes.hpp"

namespace revenant {

/// What a frame is; the byte at offset 1 of its header.
enum class FrameType : std::uint8_t {
    request = 0x01,
    response = 0x02,
    accept = 0x03,      ///< empty; the request with this id arrived and is being worked on
    retry = 0x04,       ///< empty; "send again whatever I have not accepted"; a gadget's id names its process
    keep_alive = 0x05,  ///< empty; id zero
};

/// Chosen at random by the requester; also the name of a gadget process in a retry frame.
using MessageId = std::array<std::uint8_t, 16>;

/// 16 random bytes from libsodium.
MessageId random_id();

/// The id as 32 hexadecimal digits, for logs.
std::string to_text(const MessageId& id);

struct Frame {
    FrameType type;
    MessageId id{};
    Bytes payload{};
};

/// Bytes of a header: magic 0x56, type, id (16), payload size (u32 little endian), parity (XOR of the 22 before it).
constexpr std::size_t frame_header_size = 23;
/// Largest payload that we send or take by default, in bytes. Existing companions allow 25 MiB.
constexpr std::size_t default_payload_limit = std::size_t{1} << 20;

/// Header and payload as they go onto the cable, in one piece.
Bytes encode(FrameType type, const MessageId& id, ByteView payload = {});

/// Cuts a byte stream into frames, however the transport split or joined it. Bytes that are no valid header are skipped
/// one at a time; the header of a payload over the limit is dropped, without buffering what follows. Never holds more
/// than one frame. Single-threaded.
class FrameDecoder {
public:
    explicit FrameDecoder(std::size_t payload_limit = default_payload_limit) : limit_{payload_limit} {}

    /// Takes the next bytes of the stream and hands over each frame that they complete.
    void feed(ByteView bytes, const std::function<void(Frame)>& take);

    /// True while a frame has begun and is not complete.
    [[nodiscard]] bool incomplete() const { return header_fill_ != 0; }

    /// Forgets and wipes an incomplete frame.
    void reset();

    [[nodiscard]] std::uint64_t skipped_bytes() const { return skipped_; }
    [[nodiscard]] std::uint64_t oversized_frames() const { return oversized_; }

private:
    [[nodiscard]] bool plausible() const;
    void take_header_byte(std::uint8_t byte);
    void skip_one();
    void begin_payload();

    std::size_t limit_;
    std::array<std::uint8_t, frame_header_size> header_{};
    std::size_t header_fill_ = 0;
    std::size_t payload_size_ = 0;
    Bytes payload_;
    std::uint64_t skipped_ = 0;
    std::uint64_t oversized_ = 0;
};

}  // namespace revenant
