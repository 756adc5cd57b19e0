#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "common/core/bytes.hpp"

namespace revenant {

/// Frame type; the byte at offset 1 of the header.
enum class FrameType : std::uint8_t {
    request = 0x01,
    response = 0x02,
    accept = 0x03,      ///< empty; the request with this id was received and is being processed
    retry = 0x04,       ///< empty; requests resending of all that was not accepted; a gadget's id names its process
    keep_alive = 0x05,  ///< empty; id zero
};

/// Random id chosen by the requester. In a gadget's retry frame it identifies the gadget process.
using MessageId = std::array<std::uint8_t, 16>;

/// Returns 16 random bytes from libsodium.
MessageId random_id();

/// Returns the id as 32 hexadecimal digits, for logs.
std::string to_text(const MessageId& id);

struct Frame {
    FrameType type;
    MessageId id{};
    Bytes payload{};
};

/// Header size in bytes: magic 0x56, type, id (16), payload size (u32 little endian), parity (XOR of the preceding 22).
constexpr std::size_t frame_header_size = 23;
/// Default maximum payload to send or receive, in bytes. Existing companions allow 25 MiB.
constexpr std::size_t default_payload_limit = std::size_t{1} << 20;

/// Writes the header of a frame to the first frame_header_size bytes of `frame`, which has the size of the whole.
void write_header(std::span<std::uint8_t> frame, FrameType type, const MessageId& id);

/// Returns header and payload in wire format.
Bytes encode(FrameType type, const MessageId& id, ByteView payload = {});

/// Splits a byte stream into frames, independent of the transport's packet boundaries. Skips bytes that are not a valid
/// header one at a time. Drops the header of a payload over the limit, without buffering what follows. Never buffers
/// more than one frame. Single-threaded.
class FrameDecoder {
public:
    explicit FrameDecoder(std::size_t payload_limit = default_payload_limit) : limit_{payload_limit} {}

    /// Consumes the next bytes of the stream and calls `take` for each completed frame.
    void feed(ByteView bytes, const std::function<void(Frame)>& take);

    /// True while a frame is partially received.
    [[nodiscard]] bool incomplete() const { return header_fill_ != 0; }

    /// Discards and wipes an incomplete frame.
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
