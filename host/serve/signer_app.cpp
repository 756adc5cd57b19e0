#include "host/serve/signer_app.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/core/log.hpp"
#include "common/core/version.hpp"
#include "common/net/tcp_listener.hpp"
#include "common/service/log.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "host/serve/status.hpp"

namespace revenant::host::serve {

SignerApp::SignerApp(TaskGroup& tasks, const asio::any_io_executor& executor, const Options& options,
                     std::vector<std::string> key_ids)
    : tasks_{tasks},
      options_{options},
      key_ids_{std::move(key_ids)},
      settings_{serve_settings(options, key_ids_)},
      audit_{settings_.audit, metrics_.audit_failures},
      signer_{executor, options, settings_},
      auto_unlock_{settings_.auto_unlock},
      service_{executor,
               signer_,
               settings_,
               metrics_,
               audit_,
               [this] {
                   if (status_)
                       status_->counted();
               }},
      server_{tasks, executor, service_, fmt::format("revenant/{}", version), settings_.http} {
    server_.listen(listen_at(executor, settings_.listen));
    if (!settings_.unix_socket.empty())
        server_.listen(UnixListener{executor, settings_.unix_socket, SocketAccess::of_group("revenant-operators"),
                                    "--unix-socket"});
    if (!settings_.status_socket.empty())
        status_.emplace(executor, settings_.status_socket, SocketAccess::of_group("revenant-operators"),
                        [this] { return describe(); });
}

void SignerApp::start() {
    server_.start();
    if (status_)
        tasks_.spawn(status_->run());
    log::info("{}", listening());
    service::ready(listening());
    tasks_.spawn(service::keep_watchdog_content());
    tasks_.spawn(signer_.run([this](SignerDevice& device) { return on_ready(device); }));
    tasks_.spawn(signer_.tell(listening()));
    tasks_.spawn(tell_changes());
}

std::string SignerApp::listening() const {
    return fmt::format("listening at {}", server_.where());
}

/// Called when a device became ready and its keys are known.
awaitable<void> SignerApp::on_ready(SignerDevice& device) {
    co_await auto_unlock_.unlock(device);
    const auto& keys = device.keys();
    const auto unlocked = std::count_if(
        keys.begin(), keys.end(), [](const auto& key) { return key.second.status.lock_state == LockState::unlocked; });
    log::info("the device '{}' is ready, {} of its {} keys are unlocked", device.serial(), unlocked, keys.size());
    for (const auto& [address, key] : keys)
        if (signer_.devices().disputed(address))
            log::error("the key {} is on several devices: no device signs with it", address);
}

awaitable<void> SignerApp::tell_changes() {
    for (;;) {
        co_await signer_.devices().changed();
        if (status_)
            status_->changed();
    }
}

boost::json::object SignerApp::describe() {
    auto object = status_object(metrics_, signer_.devices());
    object["version"] = version;
    object["started"] = started_;
    object["listening"] = server_.where();
    return object;
}

void SignerApp::reload() {
    service::reloading();
    try {
        take(serve_settings(options_.read_again(), key_ids_));
        log::info("configuration reloaded");
    } catch (const std::exception& wrong) {
        log::error("configuration unchanged: {}", wrong.what());
    }
    service::ready(fmt::format("{}; {}", listening(), signer_.summary()));
}

/// Settings of open listeners and devices cannot change: only a warning is logged.
void SignerApp::take(ServeSettings settings) {
    Audit audit{settings.audit, metrics_.audit_failures};  // always reopened: the file may have been moved
    if (settings.listen != settings_.listen || settings.unix_socket != settings_.unix_socket ||
        settings.status_socket != settings_.status_socket)
        log::warn("listen-address, listen-port, unix-socket and status-socket take effect at the next start");
    settings.listen = settings_.listen;
    settings.unix_socket = settings_.unix_socket;
    settings.status_socket = settings_.status_socket;
    set_log_level(settings.log_level);
    settings_ = std::move(settings);
    audit_ = std::move(audit);
    signer_.devices().forget_absent();
    auto_unlock_.try_again();
    tasks_.spawn(unlock_all());
}

awaitable<void> SignerApp::unlock_all() {
    for (auto& device : signer_.devices().all())
        if (device.ready())
            co_await auto_unlock_.unlock(device);
}

}  // namespace revenant::host::serve
