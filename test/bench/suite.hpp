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

/// The three device programs under a service manager, as on a device, on the loopback bus; beside them, while they
/// are asked for, the remote signer `revenant serve` and its monitor. The loop's thread.
class Suite {
public:
    Suite(const asio::any_io_executor& executor, std::filesystem::path run_directory,
          const std::filesystem::path& store);

    /// Runs the programs until shut_down().
    awaitable<void> run() { return supervisor_.run(); }
    void shut_down() { supervisor_.shut_down(); }

    /// Until all three said that they are ready. Throws std::runtime_error with the log of one that does not.
    awaitable<void> started();
    /// Ends all three; their keys are locked then.
    awaitable<void> stop();
    void start();

    /// A program that runs only while it is asked for: the remote signer, "signer", which holds the sign interface
    /// until it is stopped, or "monitor", which watches that. The port at which it listens.
    awaitable<unsigned short> start_server(std::string program);
    /// Any program is told to end, and has ended.
    void end_soon(const std::string& program);
    awaitable<void> ended(std::string program);
    /// Throws std::runtime_error when it does not run.
    pid_t process(const std::string& program);
    pid_t signer() { return process("signer"); }

    /// Of the device programs, not of the service manager.
    [[nodiscard]] std::vector<pid_t> processes();
    /// How many times a program ended unasked.
    [[nodiscard]] unsigned crashes() const;
    [[nodiscard]] const std::filesystem::path& run_directory() const { return run_directory_; }

    /// The status line of a program as soon as `wanted` holds for it. Throws std::runtime_error after 5 s.
    awaitable<boost::json::object> status(const std::string& program,
                                          std::function<bool(const boost::json::object&)> wanted) const;
    /// A number out of the status lines, added up over the three programs.
    awaitable<double> sum(std::string name) const;

private:
    awaitable<void> until_state(std::string program, supervisor::ServiceState state);

    std::filesystem::path run_directory_;
    supervisor::Supervisor supervisor_;
};

}  // namespace revenant::bench
