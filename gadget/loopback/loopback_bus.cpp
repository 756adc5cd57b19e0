#include "gadget/loopback/loopback_bus.hpp"

#include "common/net/run_directory.hpp"

namespace revenant::gadget {

LoopbackBus::LoopbackBus(const asio::any_io_executor& executor, const std::filesystem::path& run_dir)
    : directory_{prepare_run_directory(run_dir, "gadget")},
      pipes_{LoopbackPipe{executor, directory_ / "ep-sign.sock"},
             LoopbackPipe{executor, directory_ / "ep-management.sock"}} {}

void LoopbackBus::start(TaskGroup& tasks, BusHooks) {
    for (auto& pipe : pipes_)
        tasks.spawn(pipe.accept_claims());
}

void LoopbackBus::enabled() {
    for (auto& pipe : pipes_)
        pipe.open();
}

void LoopbackBus::disabled() {
    for (auto& pipe : pipes_)
        pipe.close();
}

void LoopbackBus::describe(boost::json::object& status) const {
    status["bus"] = "loopback";
}

}  // namespace revenant::gadget
