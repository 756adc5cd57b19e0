#include "registrar/registrar.hpp"

#include <memory>

#include "common/async/task_group.hpp"
#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/run_directory.hpp"
#include "common/net/status_socket.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"
#include "registrar/enabled.hpp"
#include "registrar/ep0/readiness.hpp"
#include "registrar/loopback/loopback_bus.hpp"

namespace revenant::registrar {
namespace {

/// A host does not notice a liveness restart shorter than this. It also delays the report of a hung gadget.
constexpr auto liveness_restart = 750ms;

/// Creates the bus of a registrar in the given directory.
using MakeBus = std::function<std::unique_ptr<Bus>(TaskGroup&, const std::filesystem::path&, BusEvents)>;

/// State of the program. Outlives the coroutines in `tasks`.
class Registrar {
public:
    Registrar(TaskGroup& tasks, const asio::any_io_executor& executor, const std::filesystem::path& run_dir,
              uid_t gadget, const MakeBus& make_bus)
        : directory_{prepare_run_directory(run_dir, "registrar")},
          status_{executor, directory_ / "status.sock", SocketAccess::of_group("revenant-operators"),
                  [this] { return describe(); }},  // first: the instance lock
          enabled_{tasks,
                   executor,
                   enabled_settings(gadget),
                   {[this] { bus_->bind_again(); }, [this] { state_changed(); }, [this] { status_.counted(); },
                    [this] { readiness_.gadget_changed(); }}},
          readiness_{executor,
                     run_dir / "liveness" / "ready.sock",
                     liveness_restart,
                     {[this] { return enabled_.gadget_connected(); }, [this] { readiness_changed(); }}},
          bus_{make_bus(tasks, directory_, bus_events())} {
        tasks.spawn(status_.run());
        tasks.spawn(readiness_.run());
        tasks.spawn(service::keep_watchdog_content());
        service::ready(situation());
        log::info("waiting for the liveness program at '{}': it needs the same run directory",
                  (run_dir / "liveness" / "ready.sock").string());
    }

private:
    [[nodiscard]] const char* state() const { return enabled_.enabled() ? "enabled" : "unplugged"; }

    /// Status text for the service manager.
    [[nodiscard]] std::string situation() const {
        const auto trouble = bus_ ? bus_->trouble() : std::string{};  // null while an adopted bus enables at once
        return trouble.empty() ? state() : trouble;
    }

    [[nodiscard]] Enabled::Settings enabled_settings(uid_t gadget) const {
        Enabled::Settings settings;
        settings.path = directory_ / "enabled.sock";
        settings.gadget = gadget;
        return settings;
    }

    [[nodiscard]] BusEvents bus_events() {
        return {[this] { enabled_.enable(); }, [this] { enabled_.disable(); }, [this] { return readiness_.ready(); },
                [this] { status_.counted(); }, [this] { bus_changed(); }};
    }

    void readiness_changed() {
        bus_->ready_changed();
        status_.changed();
    }

    void state_changed() {
        since_ = utc_now();
        bus_changed();
    }

    void bus_changed() {
        status_.changed();
        service::status(situation());
    }

    [[nodiscard]] boost::json::object describe() const {
        const auto& announced = enabled_.counters();
        boost::json::object line{{"program", "registrar"},
                                 {"state", state()},
                                 {"since", since_},
                                 {"ready", readiness_.ready()},
                                 {"enables", announced.enables},
                                 {"disables", announced.disables},
                                 {"rebinds", announced.rebinds},
                                 {"ready_losses", readiness_.losses()}};
        bus_->describe(line);
        return line;
    }

    std::filesystem::path directory_;
    std::string since_ = utc_now();
    StatusSocket status_;
    Enabled enabled_;
    Readiness readiness_;
    std::unique_ptr<Bus> bus_;
};

awaitable<void> run_registrar(std::filesystem::path run_dir, uid_t gadget, MakeBus make_bus) {
    const auto executor = co_await asio::this_coro::executor;
    std::optional<Registrar> registrar;
    const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
        registrar.emplace(tasks, executor, run_dir, gadget, make_bus);
        co_await tasks.finished();
    };
    co_await with_group(body);
}

}  // namespace

awaitable<void> run_loopback_registrar(std::filesystem::path run_dir, uid_t gadget) {
    const auto executor = co_await asio::this_coro::executor;
    const auto make = [&executor](TaskGroup& tasks, const std::filesystem::path& directory, BusEvents events) {
        return std::make_unique<LoopbackBus>(tasks, UnixListener{executor, directory / "bus.sock", SocketAccess{}},
                                             std::move(events));
    };
    co_await run_registrar(run_dir, gadget, make);
}

awaitable<void> run_usb_registrar(std::filesystem::path run_dir, uid_t gadget, UsbParts parts) {
    const auto executor = co_await asio::this_coro::executor;
    const auto make = [&executor, &parts](TaskGroup& tasks, const std::filesystem::path&, BusEvents events) {
        return std::make_unique<UsbBus>(tasks, executor, std::move(parts), std::move(events));
    };
    co_await run_registrar(run_dir, gadget, make);
}

}  // namespace revenant::registrar
