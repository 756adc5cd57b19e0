#include "host/link/usb_link.hpp"

#include "common/async/within.hpp"
#include "host/link/usb_pipe.hpp"

namespace revenant::host {
namespace {

constexpr std::size_t setup_size = 8;

/// Translates the result of a call or a control transfer.
Readiness meaning_of(UsbResult result) {
    switch (result) {
        case UsbResult::done:
            return Readiness::ready;
        case UsbResult::denied:
            return Readiness::forbidden;
        case UsbResult::stalled:
            return Readiness::foreign;
        case UsbResult::held:
            return Readiness::held;
        case UsbResult::gone:
        case UsbResult::cancelled:
        case UsbResult::failed:
            break;
    }
    return Readiness::absent;  // a device that is being unplugged fails in many ways
}

/// The lowest-numbered interface of class 0xFF is sign, the next one management. Other functions may be present.
const UsbInterface* find(const std::vector<UsbInterface>& interfaces, Interface wanted) {
    return interfaces.size() < interface_count ? nullptr : &interfaces[static_cast<std::size_t>(wanted)];
}

/// The response to one control transfer.
struct Reply {
    std::optional<UsbResult> result{};  ///< empty: none within the time limit
    Bytes data{};
};

/// Whether the device does not know the request. A tezsign device completes it without data.
bool rejects(const Reply& reply) {
    return reply.result == UsbResult::stalled || (reply.result == UsbResult::done && reply.data.empty());
}

Readiness meaning_of(const Reply& reply) {
    if (!reply.result)
        return Readiness::silent;
    return reply.result == UsbResult::done ? understand(reply.data) : meaning_of(*reply.result);
}

awaitable<Reply> control_transfer(UsbDevice& device, const std::array<std::uint8_t, setup_size>& setup) {
    const auto transfer = std::make_shared<UsbTransfer>(device.executor());
    transfer->buffer.assign(setup.begin(), setup.end());
    transfer->buffer.resize(setup_size + readiness_reply_size);
    Reply reply;
    if (const auto begun = device.submit(transfer); begun != UsbResult::done) {
        reply.result = begun;
        co_return reply;
    }
    const CancelOnExit guard{device, *transfer};
    co_await within(Clock::now() + control_limit, until_ended(*transfer));
    reply.result = transfer->result;
    const auto data = transfer->buffer.begin() + setup_size;
    reply.data.assign(data, data + static_cast<std::ptrdiff_t>(transfer->size));
    co_return reply;
}

/// Releases an interface at the end of the scope.
class ReleaseOnExit {
public:
    ReleaseOnExit(UsbDevice& device, std::uint8_t interface) : device_{device}, interface_{interface} {}
    ReleaseOnExit(const ReleaseOnExit&) = delete;
    ReleaseOnExit& operator=(const ReleaseOnExit&) = delete;
    ~ReleaseOnExit() { device_.release(interface_); }

private:
    UsbDevice& device_;
    std::uint8_t interface_;
};

}  // namespace

UsbLink::UsbLink(std::shared_ptr<UsbBus> bus, UsbSelection selection, Interface interface, UsbPaths paths)
    : bus_{std::move(bus)},
      selection_{std::move(selection)},
      interface_{interface},
      paths_{std::move(paths)},
      events_{bus_->executor(), open_usb_news()} {}

UsbLink::Opened UsbLink::open() {
    Opened opened;
    const auto devices = usb_devices(selection_, paths_);
    if (devices.empty())
        return opened;
    const auto chosen = choose(devices, serial_);
    if (!chosen) {
        opened.readiness = devices.size() > 1 ? Readiness::several : Readiness::absent;
        return opened;
    }
    serial_ = chosen->serial;
    auto [result, device] = bus_->open(chosen->node);
    opened.readiness = meaning_of(result);
    opened.device = std::move(device);
    return opened;
}

awaitable<Readiness> UsbLink::probe() {
    if (!control_) {
        auto opened = open();
        if (opened.readiness != Readiness::ready)
            co_return opened.readiness;
        control_.emplace().device = std::move(opened.device);
    }
    const auto interfaces = control_->device->interfaces();
    auto readiness = Readiness::foreign;
    if (interfaces.empty())
        readiness = Readiness::not_ready;  // the system has not configured it yet
    else if (const auto* ours = find(interfaces, interface_))
        readiness = co_await ask(ours->number);
    if (interfaces.empty() || readiness == Readiness::absent || readiness == Readiness::foreign)
        control_.reset();  // it may have left or changed: search again at the next probe
    co_return readiness;
}

awaitable<Readiness> UsbLink::ask(std::uint8_t interface) {
    if (control_->request == ProbeRequest::vendor) {
        const auto reply =
            co_await control_transfer(*control_->device, readiness_setup(interface, ProbeRequest::vendor));
        if (!rejects(reply))
            co_return meaning_of(reply);
        control_->request = ProbeRequest::standard;
    }
    co_return co_await ask_with_claim(interface);
}

/// Sends the standard request on a handle that has claimed the interface: for any other handle the kernel would claim
/// it, and keep it claimed.
awaitable<Readiness> UsbLink::ask_with_claim(std::uint8_t interface) {
    const auto setup = readiness_setup(interface, ProbeRequest::standard);
    if (const auto claimed = claimed_.lock()) {
        const auto reply = co_await control_transfer(*claimed, setup);
        co_return meaning_of(reply);
    }
    auto& device = *control_->device;
    if (const auto result = device.claim(interface); result != UsbResult::done)
        co_return meaning_of(result);
    const ReleaseOnExit guard{device, interface};
    const auto reply = co_await control_transfer(device, setup);
    co_return meaning_of(reply);
}

awaitable<Claim> UsbLink::claim() {
    Claim claim;
    auto opened = open();
    if (opened.readiness != Readiness::ready)
        co_return claim;
    const auto interfaces = opened.device->interfaces();
    const auto* const ours = find(interfaces, interface_);
    if (ours == nullptr)
        co_return claim;
    const auto result = opened.device->claim(ours->number);
    claim.held = result == UsbResult::held;
    if (result == UsbResult::done) {
        const std::shared_ptr<UsbDevice> device = std::move(opened.device);
        claimed_ = device;
        claim.pipe = std::make_unique<UsbPipe>(device, *ours);
    }
    co_return claim;
}

awaitable<void> UsbLink::changed(std::chrono::milliseconds at_most) {
    co_await within(Clock::now() + at_most, events_.event());
}

std::string UsbLink::serial() const {
    if (!serial_.empty())
        return serial_;
    return selection_.serial.empty() ? usb_ids_text(selection_) : selection_.serial;
}

Readiness UsbLink::reset() {
    control_.reset();
    auto opened = open();
    if (opened.readiness != Readiness::ready)
        return opened.readiness;
    const auto result = opened.device->reset();
    // `gone`: the descriptors changed and the device enumerates anew, so the reset succeeded.
    return result == UsbResult::gone ? Readiness::ready : meaning_of(result);
}

}  // namespace revenant::host
