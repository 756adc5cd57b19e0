#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <optional>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/json/object.hpp>

#include "common/async/task_group.hpp"
#include "common/async/timer.hpp"
#include "test/supervisor/child.hpp"
#include "test/supervisor/descriptor_store.hpp"
#include "test/supervisor/notify.hpp"
#include "test/supervisor/service_spec.hpp"

namespace revenant::supervisor {

enum class ServiceState {
    stopped,
    starting,  ///< running, READY=1 not yet received
    ready,
    stopping,  ///< SIGTERM sent, or STOPPING=1 received
    waiting,   ///< ended; restarts after the delay
};

const char* to_string(ServiceState state);

/// One service: started, monitored, and restarted whenever it ends unexpectedly. Used on the event loop's thread.
class Service {
public:
    /// `dir` contains the log and the notification socket. `hear_last_words` handles pending notifications; it is
    /// called before an ended process is reaped, so that its last messages count.
    Service(const asio::any_io_executor& executor, ServiceSpec spec, std::filesystem::path dir,
            std::function<void()> hear_last_words);

    /// Runs until cancelled. Spawn it once.
    awaitable<void> run();

    void start();    ///< no effect if running
    void stop();     ///< SIGTERM, then SIGKILL after the grace; drops stored descriptors
    void restart();  ///< as stop and start, but keeps stored descriptors
    /// Sends a signal to the main process; returns false if none runs.
    bool signal(int number);
    /// Handles a message of this service's main process.
    void hear(Notification& message);

    /// Waits until `wanted(*this)` holds; returns false after `limit`.
    awaitable<bool> until(std::function<bool(const Service&)> wanted, std::chrono::milliseconds limit);

    [[nodiscard]] const ServiceSpec& spec() const { return spec_; }
    [[nodiscard]] ServiceState state() const { return state_; }
    [[nodiscard]] pid_t pid() const { return child_ ? child_->pid() : 0; }  ///< 0: none runs
    [[nodiscard]] unsigned restarts() const { return restarts_; }           ///< starts after the first since start()
    [[nodiscard]] boost::json::object describe() const;

private:
    awaitable<void> live();
    awaitable<void> guard();
    awaitable<void> pause();
    void begin();
    void end_soon();
    void enter(ServiceState state);
    void move_deadline(Clock::time_point when);

    ServiceSpec spec_;
    std::filesystem::path dir_;
    std::function<void()> hear_last_words_;
    Timer changed_;   ///< never expires; cancelled at each change to wake until()
    Timer deadline_;  ///< time at which the process is killed
    Timer pause_;
    std::optional<Child> child_;
    DescriptorStore store_;
    ServiceState state_ = ServiceState::stopped;
    bool wanted_ = false;
    bool again_ = false;  ///< the next start is a restart
    unsigned restarts_ = 0;
    unsigned watchdog_kills_ = 0;
    std::string status_;
    std::string last_exit_;
};

}  // namespace revenant::supervisor
