#pragma once

#include "host/link/link.hpp"
#include "host/link/usb_bus.hpp"

namespace revenant::host {

/// The two bulk endpoints of a claimed interface. One read transfer is posted at a time; it stays posted when its
/// reader is cancelled, so no packet is lost between two reads. Each endpoint's first stall is cleared; any other error
/// is a lost link.
class UsbPipe final : public Pipe {
public:
    UsbPipe(std::shared_ptr<UsbDevice> device, const UsbInterface& interface);

    awaitable<std::size_t> read(std::span<std::uint8_t> into) override;
    /// Appends a zero-length packet to a frame that fills its last packet: it ends the device's read.
    awaitable<bool> write(ByteView frame) override;

private:
    UsbTransfer& free_outgoing();
    bool post_read();
    bool cleared(std::uint8_t endpoint, bool& before);

    std::shared_ptr<UsbDevice> device_;  // shared with probes that run meanwhile
    UsbInterface interface_;
    std::shared_ptr<UsbTransfer> incoming_, outgoing_;
    std::size_t taken_ = 0;  // bytes consumed of the last transfer
    bool posted_ = false, lost_ = false;
    bool cleared_in_ = false, cleared_out_ = false;
};

}  // namespace revenant::host
