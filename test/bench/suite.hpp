#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/async/asio.hpp"
#include "test/supervisor/supervisor.hpp"

namespace revenant::bench {

inline constexpr std::array program_names{"liveness", "registrar", "gadget"};

/// The three device programs under a service manager on the loopback bus; on demand also the remote signer
/// `revenant serve` and the monitor. Thread of the loop only.
class Suite {
public:
    Suite(const asio::any_io_executor& executor, std::filesystem::path run_directory,
          const std::filesystem::path& store, std::vector<std::string> gadget_environment = {});

    /// Runs the programs until shut_down().
    awaitable<void> run() { return supervisor_.run(); }
    void shut_down() { supervisor_.shut_down(); }

    /// Waits until all three are ready. Throws std::runtime_error with the log of a program that is not.
    awaitable<void> started();
    /// Stops all three, which locks the keys.
    awaitable<void> stop();
    void start();

    /// Starts "signer" (the remote signer, which holds the sign interface until stopped) or "monitor" (which monitors
    /// it). Returns its TCP port.
    awaitable<unsigned short> start_server(std::string program);
    /// Requests the stop of a program; ended() waits for it.
    void end_soon(const std::string& program);
    awaitable<void> ended(std::string program);
    /// Throws std::runtime_error if it is not running.
    pid_t process(const std::string& program);
    pid_t signer() { return process("signer"); }

    /// Pids of the device programs.
    [[nodiscard]] std::vector<pid_t> processes();
    /// Number of unexpected exits.
    [[nodiscard]] unsigned crashes() const;
    [[nodiscard]] const std::filesystem::path& run_directory() const { return run_directory_; }

    /// The first status of a program for which `wanted` returns true. Throws std::runtime_error after 5 s.
    awaitable<boost::json::object> status(const std::string& program,
                                          std::function<bool(const boost::json::object&)> wanted) const;
    /// Sum of a status number over the three programs.
    awaitable<double> sum(std::string name) const;

private:
    awaitable<void> until_state(std::string program, supervisor::ServiceState state);

    std::filesystem::path run_directory_;
    supervisor::Supervisor supervisor_;
};

}  // namespace revenant::bench
