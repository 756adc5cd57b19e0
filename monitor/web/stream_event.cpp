#include "monitor/web/stream_event.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace revenant::monitor {
namespace {

constexpr std::string_view line_ends{"\r\n", 2};

/// Cuts at a line end, or at a NUL, which makes clients ignore an id.
std::string_view one_line(std::string_view text) {
    constexpr std::string_view ends{"\r\n\0", 3};
    return text.substr(0, text.find_first_of(ends));
}

}  // namespace

std::string encode_event(std::string_view name, std::string_view id, std::string_view data) {
    std::string bytes;
    if (const auto line = one_line(name); !line.empty())
        bytes += fmt::format("event: {}\n", line);
    if (const auto line = one_line(id); !line.empty())
        bytes += fmt::format("id: {}\n", line);
    for (;;) {  // CR, LF and CR LF are all line ends
        const auto end = std::min(data.find_first_of(line_ends), data.size());
        bytes += "data: ";
        bytes += data.substr(0, end);
        bytes += '\n';
        if (end == data.size())
            break;
        data.remove_prefix(end + (data.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return bytes + '\n';
}

std::string encode_comment(std::string_view text) {
    return fmt::format(": {}\n\n", one_line(text));
}

std::string encode_chunk(std::string_view bytes) {
    return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

StreamEvent::StreamEvent(std::uint64_t sequence, std::string key, std::string_view bytes)
    : sequence_{sequence}, key_{std::move(key)}, chunk_{encode_chunk(bytes)}, size_{bytes.size()} {
    head_ = chunk_.size() - size_ - 2;
}

}  // namespace revenant::monitor
