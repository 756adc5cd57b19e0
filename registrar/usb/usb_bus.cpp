#include "registrar/usb/usb_bus.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/inotify.h>

namespace revenant::registrar {
namespace {

/// An adopted instance counts as enabled unless its queue says otherwise: its ENABLE event was consumed long ago.
Ep0News first_news(const TakeOver& found, bool bound) {
    if (!found.adopted || !bound)
        return {};
    return merged({Ep0News::Level::enable, false}, found.news);
}

/// Returns an inotify descriptor for `attribute`, or a negative value on failure; then only the 5 s poll remains.
int watch_on(const std::filesystem::path& attribute) {
    UniqueFd inotify{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    if (attribute.empty() || !inotify || ::inotify_add_watch(inotify.get(), attribute.c_str(), IN_MODIFY) < 0)
        return -1;
    return inotify.release();
}

}  // namespace

UsbBus::UsbBus(TaskGroup& tasks, const asio::any_io_executor& executor, UsbParts parts, BusEvents events)
    : events_{std::move(events)},
      executor_{executor},
      take_over_{take_over(*parts.ep0)},
      binding_{executor, std::move(parts.udc), std::move(parts.pace), events_.changed, events_.pulled_out},
      ep0_{executor, std::move(parts.ep0), first_news(take_over_, binding_.bound()), std::move(parts.limits)} {
    tasks.spawn(follow_ep0());
    tasks.spawn(binding_.run());
    if (const int inotify = watch_on(parts.udc_attribute); inotify >= 0)
        tasks.spawn(watch(inotify));
}

awaitable<void> UsbBus::follow_ep0() {
    for (;;) {
        const auto news = co_await ep0_.news();
        if (news.level == Ep0News::Level::enable)
            events_.plugged_in();
        else if (news.level == Ep0News::Level::disable)
            events_.pulled_out();
        if (news.unbound)
            binding_.look();
        events_.counted();
    }
}

/// Reports writes by processes to the UDC attribute; inotify does not report changes by the kernel.
awaitable<void> UsbBus::watch(int inotify) {
    asio::posix::stream_descriptor changes{executor_, inotify};
    std::array<std::uint8_t, 4096> ignored;
    for (;;) {
        co_await changes.async_read_some(asio::buffer(ignored), use_awaitable);
        binding_.look();
    }
}

void UsbBus::describe(boost::json::object& line) const {
    const auto ep0 = ep0_.counters();
    boost::json::object events;
    for (std::size_t kind = 0; kind < ep0.events.size(); ++kind)
        events[ep0_event_names[kind]] = ep0.events[kind];
    line["bus"] = "usb";
    line["binding"] = binding_.state();
    line["reason"] = binding_.reason();
    line["udc"] = binding_.controller();
    line["adopted"] = take_over_.adopted;
    line["binds"] = binding_.counters().binds;
    line["binding_losses"] = binding_.counters().losses;
    line["events"] = std::move(events);
    line["setups"] = ep0.events[FUNCTIONFS_SETUP];
    line["stalls"] = ep0.stalls;
    line["interrupted"] = ep0.interrupted;
}

}  // namespace revenant::registrar
