#include "registrar/registrar.hpp"

#include "common/core/task_group.hpp"
#include "common/net/status_socket.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "registrar/enabled.hpp"
#include "registrar/loopback_bus.hpp"
#include "registrar/readiness.hpp"

namespace revenant {
namespace {

constexpr auto liveness_restart = 1s;  // how long a host does not notice that the liveness program is away

/// What belongs together for as long as the program runs. Outlives the coroutines in `tasks`.
class Registrar {
public:
    Registrar(TaskGroup& tasks, const asio::any_io_executor& executor, const std::filesystem::path& run_dir,
              uid_t gadget)
        : directory_{prepare_run_directory(run_dir, "registrar")},
          status_{executor, directory_ / "status.sock", [this] { return describe(); }},  // first: the only instance
          enabled_{tasks,
                   executor,
                   enabled_settings(gadget),
                   {[this] { bind_again(); }, [this] { state_changed(); }, [this] { status_.counted(); },
                    [this] { readiness_.gadget_changed(); }}},
          readiness_{executor,
                     run_dir / "liveness" / "ready.sock",
                     liveness_restart,
                     {[this] { return enabled_.gadget_connected(); }, [this] { status_.changed(); }}},
          bus_{tasks,
               UnixListener{executor, directory_ / "bus.sock", SocketAccess{}},
               {[this] { enabled_.enable(); }, [this] { enabled_.disable(); }, [this] { return readiness_.ready(); },
                [this] { status_.counted(); }}} {
        tasks.spawn(status_.run());
        tasks.spawn(readiness_.run());
        tasks.spawn(service::keep_watchdog_content());
        service::ready(state());
    }

private:
    [[nodiscard]] const char* state() const { return enabled_.enabled() ? "enabled" : "unplugged"; }

    [[nodiscard]] Enabled::Settings enabled_settings(uid_t gadget) const {
        Enabled::Settings settings;
        settings.path = directory_ / "enabled.sock";
        settings.gadget = gadget;
        return settings;
    }

    /// The device vanishes from the bus and is there again; the hosts' connections stand for the cable and stay.
    void bind_again() {
        enabled_.disable();
        enabled_.enable();
    }

    void state_changed() {
        since_ = utc_now();
        status_.changed();
        service::status(state());
    }

    [[nodiscard]] boost::json::object describe() const {
        const auto& announced = enabled_.counters();
        const auto& asked = bus_.counters();
        return {{"program", "registrar"},
                {"bus", "loopback"},
                {"state", state()},
                {"since", since_},
                {"ready", readiness_.ready()},
                {"hosts", bus_.hosts()},
                {"enables", announced.enables},
                {"disables", announced.disables},
                {"rebinds", announced.rebinds},
                {"setups", asked.setups},
                {"stalls", asked.stalls},
                {"ready_losses", readiness_.losses()}};
    }

    std::filesystem::path directory_;
    std::string since_ = utc_now();
    StatusSocket status_;
    Enabled enabled_;
    Readiness readiness_;
    LoopbackBus bus_;
};

}  // namespace

awaitable<void> run_loopback_registrar(std::filesystem::path run_dir, uid_t gadget) {
    const auto executor = co_await asio::this_coro::executor;
    std::optional<Registrar> registrar;
    const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
        registrar.emplace(tasks, executor, run_dir, gadget);
        co_await tasks.finished();
    };
    co_await with_group(body);
}

}  // namespace revenant
