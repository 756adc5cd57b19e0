#pragma once

#include "common/wire/frame.hpp"
#include "test/vm/cable.hpp"

namespace revenant::test {

/// One interface of our device, claimed, byte by byte as an existing companion has it. Everything blocks, for 20 s at
/// most, and throws std::system_error when its time is over or the link is lost.
class RawChannel {
public:
    explicit RawChannel(Interface interface);

    /// In packets, closed by an empty one.
    void write(const Bytes& frame) const;
    /// The payload of the response with this id; other frames are dropped.
    Bytes response_to(const MessageId& id);
    [[nodiscard]] const DeviceNode& node() const { return node_; }

private:
    DeviceNode node_;
    unsigned in_, out_;
    FrameDecoder decoder_;
};

}  // namespace revenant::test
