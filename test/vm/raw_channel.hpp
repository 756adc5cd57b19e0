#pragma once

#include "common/wire/frame.hpp"
#include "test/vm/cable.hpp"

namespace revenant::test {

/// One claimed interface of the device with raw byte access, like an existing companion. Calls block for at most 20 s
/// and throw std::system_error on a timeout or a lost link.
class RawChannel {
public:
    explicit RawChannel(Interface interface);

    /// Ends the transfer with a zero-length packet.
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
