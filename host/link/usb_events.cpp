#include "host/link/usb_events.hpp"

#include <array>
#include <string_view>

#include <boost/asio/buffer.hpp>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "common/async/within.hpp"

namespace revenant::host {
namespace {

using namespace std::string_view_literals;

constexpr unsigned from_kernel = 1, from_udev = 2;
// One plug causes about ten messages. If more are queued, the next wait returns at once, which is harmless.
constexpr int max_skipped = 256;
constexpr std::size_t max_news = 8192;

/// Whether a device was added, removed or changed. Claims and releases (bind, unbind) are ignored: this program causes
/// them itself.
bool about_usb(std::string_view news) {
    const auto has = [&](std::string_view line) { return news.find(line) != std::string_view::npos; };
    return has("SUBSYSTEM=usb\0"sv) && !has("ACTION=bind\0"sv) && !has("ACTION=unbind\0"sv);
}

}  // namespace

UniqueFd open_usb_news() {
    UniqueFd news{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT)};
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = from_kernel | from_udev;
    if (news && ::bind(news.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0)
        news.reset();
    return news;
}

UsbEvents::UsbEvents(const asio::any_io_executor& executor, UniqueFd news) : news_{executor} {
    if (news)
        news_.assign(news.release());
}

awaitable<void> UsbEvents::event() {
    std::array<char, max_news> news;
    while (news_.is_open()) {
        const auto [failed, size] = co_await news_.async_read_some(asio::buffer(news), as_tuple(use_awaitable));
        if (failed == asio::error::operation_aborted)
            throw system_error{failed};
        const bool overflow = failed == asio::error::no_buffer_space;
        if (failed && !overflow) {
            news_.close();  // otherwise each wait would return at once
        } else if (overflow || about_usb({news.data(), size})) {
            skip_rest();
            co_return;
        }
    }
    co_await sleep_until(Deadline::max());
}

/// Discards the queued messages: one change causes several, and one scan of the bus covers them all.
void UsbEvents::skip_rest() {
    std::array<char, 1> start;
    for (int skipped = 0; skipped < max_skipped; ++skipped)
        if (::recv(news_.native_handle(), start.data(), start.size(), MSG_DONTWAIT | MSG_TRUNC) < 0)
            return;
}

}  // namespace revenant::host
