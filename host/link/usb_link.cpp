#include "host/link/usb_link.hpp"


#include "host/link/probe.hpp"
#include "host/link/usb_pipe.hpp"
#include "common/async/within.hpp"

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
            return Readiness::foreign;  // a revenant device never stalls this request
        case UsbResult::gone:
        case UsbResult::cancelled:
        case UsbResult::held:
        case UsbResult::failed:
            break;
    }
    return Readiness::absent;  // a device that is being unplugged fails in many ways
}

/// The lowest-numbered interface of class 0xFF is sign, the next one management. Other functions may be present.
const UsbInterface* find(const std::vector<UsbInterface>& interfaces, Interface wanted) {
    return interfaces.size() < interface_count ? nullptr : &interfaces[static_cast<std::size_t>(wanted)];
}

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
        control_ = std::move(opened.device);
    }
    const auto interfaces = control_->interfaces();
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
    const auto setup = readiness_setup(interface);
    const auto transfer = std::make_shared<UsbTransfer>(bus_->executor());
    transfer->buffer.assign(setup.begin(), setup.end());
    transfer->buffer.resize(setup_size + readiness_reply_size);
    if (const auto begun = control_->submit(transfer); begun != UsbResult::done)
        co_return meaning_of(begun);
    const CancelOnExit guard{*control_, *transfer};
    co_await within(std::chrono::steady_clock::now() + control_limit, until_ended(*transfer));
    if (!transfer->result)
        co_return Readiness::silent;
    if (transfer->result != UsbResult::done)
        co_return meaning_of(*transfer->result);
    co_return understand(ByteView{transfer->buffer}.subspan(setup_size).first(transfer->size));
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
    if (result == UsbResult::done)
        claim.pipe = std::make_unique<UsbPipe>(std::move(opened.device), *ours);
    co_return claim;
}

awaitable<void> UsbLink::changed(std::chrono::milliseconds at_most) {
    co_await within(std::chrono::steady_clock::now() + at_most, events_.event());
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
