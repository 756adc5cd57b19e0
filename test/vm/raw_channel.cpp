#include "test/vm/raw_channel.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace revenant::test {
namespace {

constexpr std::size_t largest_read = 16384;
constexpr milliseconds answer_limit{20'000};

std::size_t transferred(int size) {
    if (size < 0)
        throw std::system_error{-size, std::system_category(), "bulk transfer"};
    return static_cast<std::size_t>(size);
}

}  // namespace

RawChannel::RawChannel(Interface interface)
    : in_{DeviceNode::endpoint(interface, true)}, out_{DeviceNode::endpoint(interface, false)} {
    node_.claim(interface);
}

void RawChannel::write(const Bytes& frame) const {
    for (std::span rest{frame}; !rest.empty();) {
        const auto size = std::min(packet, rest.size());
        std::vector<std::uint8_t> chunk(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
        transferred(node_.bulk(out_, chunk, answer_limit));
        rest = rest.subspan(size);
    }
    std::vector<std::uint8_t> nothing;
    transferred(node_.bulk(out_, nothing, answer_limit));
}

Bytes RawChannel::response_to(const MessageId& id) {
    std::optional<Bytes> payload;
    while (!payload) {
        std::vector<std::uint8_t> buffer(largest_read);
        const auto size = transferred(node_.bulk(in_, buffer, answer_limit));
        decoder_.feed(std::span{buffer}.first(size), [&](const Frame& frame) {
            if (frame.type == FrameType::response && frame.id == id)
                payload = frame.payload;
        });
    }
    return std::move(*payload);
}

}  // namespace revenant::test
