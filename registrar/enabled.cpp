#include "registrar/enabled.hpp"

#include <unistd.h>

#include "common/core/log.hpp"

namespace revenant::registrar {
namespace {

constexpr char again = 'E';
constexpr char rebind_wish = 'R';

AnnouncementHooks hooks(std::function<void(uid_t, char)> heard, std::function<void()> connections_changed) {
    return {again, std::move(heard), std::move(connections_changed)};
}

}  // namespace

Enabled::Enabled(TaskGroup& tasks, const asio::any_io_executor& executor, Settings settings, Events events)
    : settings_{std::move(settings)},
      events_{std::move(events)},
      announcement_{tasks, executor, settings_.path, SocketAccess::of_group("revenant-enabled"),
                    hooks([this](uid_t user, char byte) { heard(user, byte); }, events_.gadget_changed)},
      inheritance_{executor} {
    if (std::filesystem::is_socket(std::filesystem::symlink_status(settings_.path)))
        inherit();
}

Enabled::~Enabled() {
    renounce();
}

void Enabled::enable() {
    ++counters_.enables;
    if (announcement_.raised()) {
        announcement_.send(again);
        events_.counted();
        return;
    }
    announcement_.raise();  // renamed over an inherited file
    inherited_ = false;
    inheritance_.cancel();
    events_.state_changed();
}

void Enabled::disable() {
    renounce();
    if (!announcement_.raised())
        return;
    ++counters_.disables;
    announcement_.lower();
    events_.state_changed();
}

void Enabled::heard(uid_t user, char byte) {
    if (byte != rebind_wish)
        return;
    const auto now = Clock::now();
    if (user != settings_.gadget) {
        log::warn("rebind request from user {} ignored: only the gadget's user {} may request it", user,
                  settings_.gadget);
        return;
    }
    if (last_rebind_ && now - *last_rebind_ < rebind_interval)
        return;
    last_rebind_ = now;
    ++counters_.rebinds;
    log::warn("the gadget reports that its endpoints do not recover: rebinding");
    events_.rebind();
}

void Enabled::inherit() {
    inherited_ = true;
    log::info("the previous registrar died while enabled: waiting {} ms for its host to reconnect",
              settings_.inheritance.count());
    inheritance_.expires_after(settings_.inheritance);
    inheritance_.async_wait([this](error_code stopped) {
        if (!stopped)
            renounce();
    });
}

/// Removes the predecessor's socket file, unless enable() has replaced it.
void Enabled::renounce() {
    inheritance_.cancel();
    if (std::exchange(inherited_, false))
        ::unlink(settings_.path.c_str());
}

}  // namespace revenant::registrar
