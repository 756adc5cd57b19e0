#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>
#include <sys/types.h>

#include "common/core/fd.hpp"
#include "test/supervisor/child.hpp"
#include "test/support/basics/memory_tells.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/support/basics/wait.hpp"
#include "test/support/suite/client.hpp"
#include "test/support/suite/prepared_store.hpp"

namespace revenant::test {

/// Exit code and output of a program.
struct Outcome {
    int code = -1;  ///< exit code, or 128 + the signal that ended it
    std::string out, err;
};

/// Runs a program until it exits; kills it and throws std::runtime_error after `limit`. `program`: "gadget",
/// "registrar", "liveness", "host", "monitor" or an absolute path. `user`: run as this user (requires root).
Outcome run_program(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment = {}, milliseconds limit = milliseconds{20'000},
                    const std::string& user = {});

/// Runs a command until it exits; kills it and throws std::runtime_error after `limit`.
Outcome run_to_end(supervisor::Command command, milliseconds limit);

/// System resources of a program.
struct Footprint {
    std::size_t descriptors = 0;
    std::size_t threads = 0;
    friend bool operator==(const Footprint&, const Footprint&) = default;
};

/// Connection between device and host. usb: requires root and a dedicated machine with a USB device controller; each
/// program runs as its own user, in the directories of an installed system.
enum class Bus : std::uint8_t { loopback, usb };

struct SuiteSettings {
    Bus bus = Bus::loopback;
    std::vector<std::string> registrar{}, liveness{}, gadget{};  ///< additional arguments of each program
    std::optional<std::vector<std::string>> signer{};            ///< run `revenant serve` with these arguments
    std::optional<std::vector<std::string>> monitor{};  ///< run `revenant-monitor` for that signer; needs --listen-port
    std::vector<std::string> monitor_runner{};    ///< command prefix of the monitor, such as taskset and its arguments
    std::vector<std::filesystem::path> beside{};  ///< run directories of other suites, for the signer
    std::vector<std::string> environment{};       ///< NAME=value, for all programs
    milliseconds watchdog{15'000};
    milliseconds restart_delay{100};
    bool start = true;  ///< false: no program runs until start()
    PreparedStore store = PreparedStore::none;
};

/// The three device programs under the supervisor, on the loopback bus in temporary directories, or on USB. Program
/// names: "registrar", "liveness", "gadget", "signer" (`revenant serve`) and "monitor". Calls block, for at most
/// `patience` by default, and throw std::runtime_error on a timeout. The destructor stops all programs; if the test has
/// failed, it writes the ends of the logs to stderr. One thread.
class Suite {
public:
    static constexpr milliseconds patience{10'000};
    static constexpr auto passphrase = "correct horse battery staple";

    explicit Suite(const SuiteSettings& settings = {});
    Suite(const Suite&) = delete;
    Suite& operator=(const Suite&) = delete;
    ~Suite();

    [[nodiscard]] std::filesystem::path run_dir() const;
    [[nodiscard]] std::filesystem::path store_dir() const;
    /// A link to one interface of the device.
    [[nodiscard]] Client::OpenLink link(host::Interface interface) const;

    void start(const std::string& program);
    void stop(const std::string& program);  ///< returns when it has exited; its stored descriptors are dropped
    void restart(const std::string& program);
    void signal(const std::string& program, int number);  ///< SIGKILL, SIGSTOP, SIGCONT, ...
    pid_t pid(const std::string& program);                ///< 0: not running
    unsigned restarts(const std::string& program);
    void wait_restarts(const std::string& program, unsigned count);
    void wait_until_running(const std::string& program);  ///< until it has notified readiness
    /// SIGKILL, then waits until the supervisor has started it again.
    void kill_and_wait(const std::string& program);
    [[nodiscard]] pid_t supervisor_pid() const { return manager_->pid(); }
    /// The supervisor's state of it: state, pid, restarts, watchdog_kills, last_exit, status, stored.
    boost::json::object service(const std::string& program);

    /// From its status, since other users may not read its /proc entries.
    Footprint footprint(const std::string& program);
    /// Waits until the footprint is `before` again; false on a timeout.
    bool returns_to(const Footprint& before, const std::string& program);

    /// The signer's TCP port.
    unsigned short signer_port();
    /// The monitor's TCP port.
    unsigned short monitor_port();

    // `socket`: path below run_dir(), such as "liveness/ready.sock".
    void wait_for_socket(const std::string& socket, milliseconds limit = patience);
    void wait_until_gone(const std::string& socket, milliseconds limit = patience);
    UniqueFd connect(const std::string& socket);
    /// Reads the program's status lines, across restarts, until `wanted` returns true; returns that status.
    boost::json::object wait_status(const std::string& program,
                                    const std::function<bool(const boost::json::object&)>& wanted,
                                    milliseconds limit = patience);
    boost::json::object status(const std::string& program);

    /// Runs `revenant --bus ... ARGUMENTS` with the passphrase in its environment.
    Outcome host(const std::vector<std::string>& arguments, const std::string& passphrase_given = passphrase,
                 milliseconds limit = milliseconds{40'000});
    /// The same with --json. Throws std::runtime_error unless the exit code is 0; returns the JSON object.
    boost::json::object host_json(std::vector<std::string> arguments);

    /// A program's stdout and stderr.
    [[nodiscard]] std::string log(const std::string& program) const;

private:
    boost::json::object ask(const std::string& command);
    void prepare_directories(PreparedStore store) const;
    [[nodiscard]] std::string command(const std::string& program) const;
    void write_services(const SuiteSettings& settings, const std::filesystem::path& file) const;
    void launch(const std::filesystem::path& services);

    Bus bus_;
    std::vector<std::filesystem::path> beside_;
    TemporaryDirectory dir_;
    std::filesystem::path manager_dir_;
    std::optional<supervisor::Child> manager_;
};

}  // namespace revenant::test
