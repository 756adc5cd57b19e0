#include "liveness/liveness.hpp"

#include "common/async/task_group.hpp"
#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/announcement.hpp"
#include "common/net/status_socket.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "liveness/heartbeat.hpp"

namespace revenant::liveness {
namespace {

/// State of the program. Outlives the coroutines in `tasks`.
class Liveness {
public:
    Liveness(TaskGroup& tasks, const asio::any_io_executor& executor, const std::filesystem::path& directory,
             std::chrono::milliseconds deadline)
        : status_{executor, directory / "status.sock", SocketAccess::of_group("revenant-operators"),
                  [this] { return describe(); }},  // first: the instance lock
          ready_{tasks, executor, directory / "ready.sock", SocketAccess::of_group("revenant-ready"), {}},
          heartbeat_{UnixListener{executor, directory / "heartbeat.sock", SocketAccess::of_group("revenant-heartbeat")},
                     ready_, deadline, [this] { state_changed(); }, [this] { status_.counted(); }} {
        // A killed predecessor's socket file would indicate a live gadget until the first heartbeat.
        std::filesystem::remove(ready_.path());
        tasks.spawn(status_.run());
        tasks.spawn(heartbeat_.run());
        tasks.spawn(service::keep_watchdog_content());
        service::ready(state());
        log::info("waiting for the gadget at '{}': it needs the same run directory",
                  (directory / "heartbeat.sock").string());
    }

private:
    [[nodiscard]] const char* state() const { return heartbeat_.alive() ? "alive" : "waiting"; }

    void state_changed() {
        since_ = utc_now();
        status_.changed();
        service::status(state());
    }

    [[nodiscard]] boost::json::object describe() const {
        const auto& counters = heartbeat_.counters();
        return {{"program", "liveness"},
                {"state", state()},
                {"since", since_},
                {"beats", counters.beats},
                {"beats_missed", counters.beats_missed},
                {"connections", counters.connections},
                {"replaced", counters.replaced}};
    }

    std::string since_ = utc_now();
    StatusSocket status_;
    Announcement ready_;
    Heartbeat heartbeat_;
};

}  // namespace

awaitable<void> run_liveness(std::filesystem::path directory, std::chrono::milliseconds deadline) {
    const auto executor = co_await asio::this_coro::executor;
    std::optional<Liveness> liveness;
    const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
        liveness.emplace(tasks, executor, directory, deadline);
        co_await tasks.finished();
    };
    co_await with_group(body);
}

}  // namespace revenant::liveness
