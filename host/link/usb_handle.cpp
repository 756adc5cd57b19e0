#include "host/link/usb_handle.hpp"

#include <algorithm>
#include <map>

#include <libusb.h>

namespace revenant::host {
namespace {

constexpr std::uint8_t kind_of_class = 0xFF, direction_in = 0x80, transfer_kind = 0x03, bulk = 0x02;
constexpr std::uint16_t packet_bits = 0x07FF;

struct FreeTransfer {
    void operator()(libusb_transfer* native) const noexcept { libusb_free_transfer(native); }
};
struct FreeConfiguration {
    void operator()(libusb_config_descriptor* configuration) const noexcept {
        libusb_free_config_descriptor(configuration);
    }
};
struct Close {
    void operator()(libusb_device_handle* handle) const noexcept { libusb_close(handle); }
};

UsbResult result_of(libusb_transfer_status status) {
    switch (status) {
        case LIBUSB_TRANSFER_COMPLETED:
            return UsbResult::done;
        case LIBUSB_TRANSFER_STALL:
            return UsbResult::stalled;
        case LIBUSB_TRANSFER_CANCELLED:
            return UsbResult::cancelled;
        case LIBUSB_TRANSFER_NO_DEVICE:
            return UsbResult::gone;
        case LIBUSB_TRANSFER_ERROR:
        case LIBUSB_TRANSFER_TIMED_OUT:
        case LIBUSB_TRANSFER_OVERFLOW:
            break;
    }
    return UsbResult::failed;
}

/// Returns the interface if it has class 0xFF and a bulk endpoint in each direction.
std::optional<UsbInterface> bulk_interface(const libusb_interface_descriptor& setting) {
    UsbInterface found;
    found.number = setting.bInterfaceNumber;
    for (const auto& endpoint : std::span{setting.endpoint, setting.bNumEndpoints}) {
        if ((endpoint.bmAttributes & transfer_kind) != bulk)
            continue;
        if ((endpoint.bEndpointAddress & direction_in) != 0) {
            found.in = endpoint.bEndpointAddress;
        } else {
            found.out = endpoint.bEndpointAddress;
            found.packet = endpoint.wMaxPacketSize & packet_bits;
        }
    }
    if (setting.bInterfaceClass != kind_of_class || found.in == 0 || found.out == 0 || found.packet == 0)
        return std::nullopt;
    return found;
}

class LibusbHandle final : public UsbHandle {
public:
    LibusbHandle(UniqueFd node, libusb_device_handle* handle) : node_{std::move(node)}, handle_{handle} {}
    ~LibusbHandle() override {
        handle_.reset();  // libusb drops the transfers in flight; they must not be freed before
        in_flight_.clear();
    }

    [[nodiscard]] std::vector<UsbInterface> interfaces() const override;
    UsbResult claim(std::uint8_t interface) override {
        return host::result_of(libusb_claim_interface(handle_.get(), interface));
    }
    UsbResult release(std::uint8_t interface) override {
        return host::result_of(libusb_release_interface(handle_.get(), interface));
    }
    UsbResult clear_halt(std::uint8_t endpoint) override {
        return host::result_of(libusb_clear_halt(handle_.get(), endpoint));
    }
    UsbResult reset() override { return host::result_of(libusb_reset_device(handle_.get())); }
    UsbResult submit(UsbTransfer& transfer) override;
    void cancel(UsbTransfer& transfer) override;

private:
    struct Flight {
        std::unique_ptr<libusb_transfer, FreeTransfer> native;
        UsbTransfer* transfer = nullptr;
    };
    static void LIBUSB_CALL ended(libusb_transfer* native);

    UniqueFd node_;  // closed last: closing it releases the interface
    std::unique_ptr<libusb_device_handle, Close> handle_;
    std::map<libusb_transfer*, Flight> in_flight_;
};

std::vector<UsbInterface> LibusbHandle::interfaces() const {
    libusb_config_descriptor* raw = nullptr;
    std::vector<UsbInterface> found;
    if (libusb_get_active_config_descriptor(libusb_get_device(handle_.get()), &raw) != LIBUSB_SUCCESS)
        return found;
    const std::unique_ptr<libusb_config_descriptor, FreeConfiguration> configuration{raw};
    for (const auto& interface : std::span{configuration->interface, configuration->bNumInterfaces})
        if (interface.num_altsetting > 0)
            if (const auto ours = bulk_interface(interface.altsetting[0]))
                found.push_back(*ours);
    std::sort(found.begin(), found.end(),
              [](const UsbInterface& a, const UsbInterface& b) { return a.number < b.number; });
    return found;
}

UsbResult LibusbHandle::submit(UsbTransfer& transfer) {
    Flight flight;
    flight.native.reset(libusb_alloc_transfer(0));
    flight.transfer = &transfer;
    auto* const native = flight.native.get();
    if (native == nullptr)
        return UsbResult::failed;
    auto* const bytes = transfer.buffer.data();
    if (transfer.endpoint == 0)
        libusb_fill_control_transfer(native, handle_.get(), bytes, &LibusbHandle::ended, this, 0);
    else
        libusb_fill_bulk_transfer(native, handle_.get(), transfer.endpoint, bytes,
                                  static_cast<int>(transfer.buffer.size()), &LibusbHandle::ended, this, 0);
    if (transfer.zero_packet)
        native->flags |= LIBUSB_TRANSFER_ADD_ZERO_PACKET;
    const auto result = host::result_of(libusb_submit_transfer(native));
    if (result == UsbResult::done)
        in_flight_.emplace(native, std::move(flight));
    return result;
}

void LibusbHandle::cancel(UsbTransfer& transfer) {
    for (const auto& [native, flight] : in_flight_)
        if (flight.transfer == &transfer)
            libusb_cancel_transfer(native);
}

void LIBUSB_CALL LibusbHandle::ended(libusb_transfer* native) {
    auto& self = *static_cast<LibusbHandle*>(native->user_data);
    const auto flight = self.in_flight_.extract(native);  // freed when this returns
    flight.mapped().transfer->end(result_of(native->status), static_cast<std::size_t>(native->actual_length));
}

}  // namespace

UsbResult result_of(int returned) {
    switch (returned) {
        case LIBUSB_SUCCESS:
            return UsbResult::done;
        case LIBUSB_ERROR_ACCESS:
            return UsbResult::denied;
        case LIBUSB_ERROR_NO_DEVICE:
        case LIBUSB_ERROR_NOT_FOUND:
            return UsbResult::gone;
        case LIBUSB_ERROR_BUSY:
            return UsbResult::held;
        case LIBUSB_ERROR_PIPE:
            return UsbResult::stalled;
        default:
            return UsbResult::failed;
    }
}

std::unique_ptr<UsbHandle> make_usb_handle(UniqueFd node, libusb_device_handle* handle) {
    return std::make_unique<LibusbHandle>(std::move(node), handle);
}

}  // namespace revenant::host
