#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// Server-sent events as bytes. No I/O.
namespace revenant::monitor {

/// One event in the format of text/event-stream. Line ends in `data` are kept: each line goes out on its own. `name`
/// and `id` have none (they are cut there). An empty name or id is left away.
std::string encode_event(std::string_view name, std::string_view id, std::string_view data);

/// A comment, which no reader sees but proxies and sockets do.
std::string encode_comment(std::string_view text);

/// A piece of a body as HTTP/1.1 sends one whose length is not known before. Not of nothing: that would end it.
std::string encode_chunk(std::string_view bytes);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

/// Bytes on their way to viewers: made once, shared by all, never changed.
class StreamEvent {
public:
    /// `key`: a newer event of the same key makes this one superfluous; empty: it is a line of the log, and counts.
    StreamEvent(std::uint64_t sequence, std::string key, std::string_view bytes);

    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }
    [[nodiscard]] const std::string& key() const { return key_; }
    /// As HTTP/1.0 sends it.
    [[nodiscard]] std::string_view bytes() const { return std::string_view{chunk_}.substr(head_, size_); }
    /// As a chunk of HTTP/1.1.
    [[nodiscard]] std::string_view chunk() const { return chunk_; }

private:
    std::uint64_t sequence_;
    std::string key_, chunk_;
    std::size_t head_ = 0, size_ = 0;
};

using EventPtr = std::shared_ptr<const StreamEvent>;

}  // namespace revenant::monitor
