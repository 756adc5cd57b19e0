#include "host/link/usb_context.hpp"

#include <cerrno>
#include <stdexcept>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <libusb.h>
#include <poll.h>

#include "common/core/fd.hpp"
#include "host/link/usb_handle.hpp"

namespace revenant::host {
namespace {

UsbResult result_of_errno(int error) {
    switch (error) {
        case EACCES:
        case EPERM:
            return UsbResult::denied;
        case ENOENT:
        case ENODEV:
        case ENXIO:
            return UsbResult::gone;
        default:
            return UsbResult::failed;
    }
}

}  // namespace

/// One descriptor of libusb. libusb closes it.
struct UsbContext::Watch : std::enable_shared_from_this<Watch> {
    Watch(UsbContext& owner, int number, short events)
        : context{&owner},
          descriptor{owner.executor_, number},
          direction{(events & POLLIN) != 0 ? asio::posix::descriptor_base::wait_read
                                           : asio::posix::descriptor_base::wait_write} {}

    void wait() {
        descriptor.async_wait(direction, [self = shared_from_this()](error_code stopped) {
            if (stopped || self->context == nullptr)
                return;
            self->context->turn(0ms);
            if (self->context != nullptr)  // turn() may have ended this watch
                self->wait();
        });
    }
    void end() {
        context = nullptr;
        descriptor.release();
    }

    UsbContext* context;  // null: the watch has ended
    asio::posix::stream_descriptor descriptor;
    asio::posix::descriptor_base::wait_type direction;
};

void UsbContext::Exit::operator()(libusb_context* context) const noexcept {
    libusb_exit(context);
}

UsbContext::UsbContext(const asio::any_io_executor& executor) : executor_{executor} {
    libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);  // read by libusb_init
    libusb_context* context = nullptr;
    if (const int failed = libusb_init(&context); failed != LIBUSB_SUCCESS)
        throw std::runtime_error{fmt::format(
            "USB is unavailable on this machine: libusb failed to start ({}): check that /dev/bus/usb exists",
            libusb_error_name(failed))};
    context_.reset(context);
    // Transfers use no libusb timeouts, so polling its descriptors is sufficient.
    const auto added = [](int descriptor, short events, void* self) {
        static_cast<UsbContext*>(self)->watch(descriptor, events);
    };
    const auto removed = [](int descriptor, void* self) { static_cast<UsbContext*>(self)->unwatch(descriptor); };
    libusb_set_pollfd_notifiers(context_.get(), added, removed, this);
    const auto** const descriptors = libusb_get_pollfds(context_.get());
    for (const auto** next = descriptors; next != nullptr && *next != nullptr; ++next)
        watch((*next)->fd, (*next)->events);
    libusb_free_pollfds(descriptors);
}

UsbContext::~UsbContext() {
    libusb_set_pollfd_notifiers(context_.get(), nullptr, nullptr, nullptr);
    for (auto& [descriptor, watch] : watches_)
        watch->end();  // before libusb closes the descriptor
}

void UsbContext::watch(int descriptor, short events) {
    const auto added = std::make_shared<Watch>(*this, descriptor, events);
    watches_.insert_or_assign(descriptor, added);
    added->wait();
}

void UsbContext::unwatch(int descriptor) {
    if (const auto found = watches_.find(descriptor); found != watches_.end()) {
        found->second->end();
        watches_.erase(found);
    }
}

void UsbContext::turn(std::chrono::milliseconds at_most) {
    timeval limit{};
    limit.tv_sec = at_most.count() / 1000;
    limit.tv_usec = at_most.count() % 1000 * 1000;
    libusb_handle_events_timeout_completed(context_.get(), &limit, nullptr);
}

UsbBackend::Opened UsbContext::open(const std::filesystem::path& node) {
    Opened opened;
    UniqueFd file{::open(node.c_str(), O_RDWR | O_CLOEXEC)};
    if (!file) {
        opened.result = result_of_errno(errno);
        return opened;
    }
    libusb_device_handle* handle = nullptr;
    opened.result = result_of(libusb_wrap_sys_device(context_.get(), file.get(), &handle));
    if (opened.result == UsbResult::done)
        opened.handle = make_usb_handle(std::move(file), handle);
    return opened;
}

}  // namespace revenant::host
