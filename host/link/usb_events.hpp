#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/asio.hpp"
#include "common/core/fd.hpp"

namespace revenant::host {

/// Opens a netlink socket for the uevents of the kernel and, where a udev daemon runs, of udev as well: udev sets the
/// group of a new device's node only after the kernel's event. The socket queues events from here on, so none is lost
/// between two waits. Returns an empty descriptor if the system does not permit it.
UniqueFd open_usb_news();

/// Waits for USB uevents. Single-threaded, one waiter at a time.
class UsbEvents {
public:
    UsbEvents(const asio::any_io_executor& executor, UniqueFd news);

    /// Waits until a USB device was added, removed or changed; for ever if no events are available: use a time limit.
    awaitable<void> event();

private:
    void skip_rest();

    asio::posix::stream_descriptor news_;
};

}  // namespace revenant::host
