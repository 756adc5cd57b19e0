#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/asio.hpp"
#include "common/core/fd.hpp"

namespace revenant::host {

/// The system's news about the USB, from the kernel and, where a udev daemon runs, from that too: it gives a new
/// device's node its group only after the kernel has told. News queue from opening on, so none is missed between two
/// waits.
UniqueFd open_usb_news();  ///< nothing where the system does not let us listen

/// Waits for news about the USB. One thread, one waiter at a time.
class UsbEvents {
public:
    UsbEvents(const asio::any_io_executor& executor, UniqueFd news);

    /// Waits until something came to the USB or left it; for ever where nothing can be heard: give it a time limit.
    awaitable<void> event();

private:
    void skip_rest();

    asio::posix::stream_descriptor news_;
};

}  // namespace revenant::host
