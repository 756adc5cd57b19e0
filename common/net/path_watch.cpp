#include "common/net/path_watch.hpp"

#include <array>
#include <cstring>

#include <boost/asio/buffer.hpp>
#include <sys/inotify.h>

#include "common/async/within.hpp"
#include "common/core/fd.hpp"

namespace revenant {
namespace {

constexpr auto safety_net = 30s;
constexpr std::uint32_t comings_and_goings = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM;

}  // namespace

PathWatch::PathWatch(const asio::any_io_executor& executor, std::filesystem::path file)
    : file_{std::move(file)}, inotify_{executor, checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify_init1")} {
    const auto parent = file_.parent_path().parent_path();
    checked(::inotify_add_watch(inotify_.native_handle(), parent.c_str(), comings_and_goings), "watch directory",
            parent);
    watch_directory();
}

void PathWatch::watch_directory() {
    directory_watch_ =
        ::inotify_add_watch(inotify_.native_handle(), file_.parent_path().c_str(), comings_and_goings | IN_ONLYDIR);
}

/// Returns whether the inotify events concern the file or its directory. Renews the watch on a recreated directory.
bool PathWatch::concerns_us(ByteView events) {
    bool ours = false;
    while (events.size() >= sizeof(inotify_event)) {
        inotify_event event;
        std::memcpy(&event, events.data(), sizeof event);
        const std::string name{reinterpret_cast<const char*>(events.data() + sizeof event),
                               ::strnlen(reinterpret_cast<const char*>(events.data() + sizeof event), event.len)};
        if ((event.mask & IN_Q_OVERFLOW) != 0) {
            ours = true;
        } else if (event.wd == directory_watch_) {
            ours = ours || name == file_.filename() || (event.mask & IN_IGNORED) != 0;
            if (name == file_.filename())
                removed_ = removed_ || (event.mask & (IN_DELETE | IN_MOVED_FROM)) != 0;
        } else if (name == file_.parent_path().filename()) {
            watch_directory();
            ours = true;
        }
        events = events.subspan(sizeof event + event.len);
    }
    return ours;
}

awaitable<void> PathWatch::event() {
    alignas(inotify_event) std::array<std::uint8_t, 4096> events;
    for (;;) {
        const auto size = co_await inotify_.async_read_some(asio::buffer(events), use_awaitable);
        if (concerns_us(ByteView{events}.first(size)))
            co_return;
    }
}

awaitable<void> PathWatch::changed() {
    co_await within(Clock::now() + safety_net, event());
}

bool PathWatch::take_removed() {
    alignas(inotify_event) std::array<std::uint8_t, 4096> events;
    for (ssize_t size = 0; (size = ::read(inotify_.native_handle(), events.data(), events.size())) > 0;)
        concerns_us(ByteView{events}.first(static_cast<std::size_t>(size)));
    return std::exchange(removed_, false);
}

awaitable<stream_protocol::socket> connect_when_present(PathWatch& watch) {
    const stream_protocol::endpoint server{watch.file().string()};
    for (;;) {
        stream_protocol::socket link{co_await asio::this_coro::executor};
        auto [failed] = co_await link.async_connect(server, as_tuple(use_awaitable));
        if (!failed)
            link.remote_endpoint(failed);  // Asio reports a full backlog as success
        if (!failed)
            co_return link;
        co_await watch.changed();
    }
}

}  // namespace revenant
