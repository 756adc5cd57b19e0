#pragma once

#include "host/link/link.hpp"
#include "host/link/usb_bus.hpp"

namespace revenant::host {

/// The two bulk endpoints of a claimed interface. One read is posted at a time and stays so when its reader is
/// cancelled, so that no packet is lost between two reads. A stalled endpoint is cleared once; anything else that goes
/// wrong is a lost link.
class UsbPipe final : public Pipe {
public:
    UsbPipe(std::unique_ptr<UsbDevice> device, const UsbInterface& interface);

    awaitable<std::size_t> read(std::span<std::uint8_t> into) override;
    /// A frame that fills its last packet is followed by a zero-length one, as the device's reads need it.
    awaitable<bool> write(ByteView frame) override;

private:
    bool post_read();
    bool cleared(std::uint8_t endpoint, bool& before);

    std::unique_ptr<UsbDevice> device_;
    UsbInterface interface_;
    std::shared_ptr<UsbTransfer> incoming_;
    std::size_t taken_ = 0;  // of what came in last
    bool posted_ = false, lost_ = false;
    bool cleared_in_ = false, cleared_out_ = false;
};

}  // namespace revenant::host
