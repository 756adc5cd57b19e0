// Fuzzes an event with any data, name and id, separated by the byte 0xFF: a reader must get one event with all its
// data.
#include <cstdint>
#include <cstdlib>

#include "monitor/web/stream_event.hpp"
#include "test/support/basics/event_reader.hpp"

namespace {

using namespace revenant;

void require(bool truth) {
    if (!truth)
        std::abort();
}

/// The data as the stream must return it: every line ending is LF.
std::string with_line_feeds(std::string_view text) {
    std::string all;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n')
            continue;
        all += text[at] == '\r' ? '\n' : text[at];
    }
    return all;
}

std::string_view take(std::string_view& bytes) {
    const auto end = std::min(bytes.find('\xFF'), bytes.size());
    const auto part = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto name = take(bytes), id = take(bytes);
    const monitor::StreamEvent event{1, "", monitor::encode_event(name, id, bytes)};
    test::EventReader reader;
    // Read in two pieces, split at a position chosen by the data.
    const auto text = event.bytes();
    const auto cut = size == 0 ? 0 : data[0] % (text.size() + 1);
    auto read = reader.read(text.substr(0, cut));
    for (auto& rest : reader.read(text.substr(cut)))
        read.push_back(std::move(rest));
    require(read.size() == 1);
    require(read[0].data == with_line_feeds(bytes));
    require(name.starts_with(read[0].name) && id.starts_with(read[0].id));
    require(reader.comments.empty() && reader.retry.empty());
    require(event.chunk().ends_with("\r\n") && event.chunk().find(text) != std::string_view::npos);
    return 0;
}
