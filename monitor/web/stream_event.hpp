#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// Encodes server-sent events. No I/O.
namespace revenant::monitor {

/// Encodes one event in the format text/event-stream. Each line of `data` becomes a data line. `name` and `id` are cut
/// at the first line end, and omitted if empty.
std::string encode_event(std::string_view name, std::string_view id, std::string_view data);

/// Encodes a comment: keeps the connection alive; clients ignore it.
std::string encode_comment(std::string_view text);

/// Encodes an HTTP/1.1 chunk. `bytes` must not be empty: an empty chunk ends the body.
std::string encode_chunk(std::string_view bytes);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// An encoded event: immutable, shared by all viewers.
class StreamEvent {
public:
    /// `key`: a newer event with the same key replaces this one; empty: a log line, never replaced.
    StreamEvent(std::uint64_t sequence, std::string key, std::string_view bytes);

    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
    [[nodiscard]] const std::string& key() const { return key_; }
    /// For HTTP/1.0.
    [[nodiscard]] std::string_view bytes() const { return std::string_view{chunk_}.substr(head_, size_); }
    /// For HTTP/1.1: as a chunk.
    [[nodiscard]] std::string_view chunk() const { return chunk_; }

private:
    std::uint64_t sequence_;
    std::string key_, chunk_;
    std::size_t head_ = 0, size_ = 0;
};

using EventPtr = std::shared_ptr<const StreamEvent>;

}  // namespace revenant::monitor
