#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "common/async/timer.hpp"
#include "common/core/fd.hpp"
#include "test/supervisor/notify.hpp"
#include "test/supervisor/service.hpp"

namespace revenant::supervisor {

/// A substitute for the service manager: restart, watchdog, notification and descriptor store as in systemd. Its
/// directory (created with mode 0700 if missing) contains notify.sock, control.sock and one NAME.log per service. Used
/// on the event loop's thread, which starts the services and must therefore outlive them.
class Supervisor {
public:
    /// control.sock accepts from here on, and commands are answered while run() runs. Throws with a user-readable
    /// message if another supervisor uses the directory.
    Supervisor(const asio::any_io_executor& executor, std::filesystem::path dir, std::vector<ServiceSpec> services);
    ~Supervisor();

    /// Runs the services in order until shut_down(), then stops them in reverse order, each completely before the next,
    /// and returns when all have stopped.
    awaitable<void> run();
    void shut_down();

    /// Returns null if there is no such service.
    Service* find(std::string_view name);
    [[nodiscard]] const std::vector<std::unique_ptr<Service>>& services() const { return services_; }
    [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }

private:
    awaitable<void> listen();
    void hear_all();

    std::filesystem::path dir_;
    UniqueFd lock_;
    NotifySocket notify_;
    stream_protocol::acceptor control_;
    std::vector<std::unique_ptr<Service>> services_;
    Timer shut_down_;  ///< never expires; cancelled by shut_down()
    bool ending_ = false;
};

}  // namespace revenant::supervisor
