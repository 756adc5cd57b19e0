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

/// How a program ended and what it wrote.
struct Outcome {
    int code = -1;  ///< exit code, or 128 + the signal that ended it
    std::string out, err;
};

/// Runs a program to its end; kills it and throws std::runtime_error when that takes longer than `limit`. `program` is
/// one of ours ("gadget", "registrar", "liveness" or "host") or an absolute path. `user`: as somebody else, for root.
Outcome run_program(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment = {}, milliseconds limit = milliseconds{20'000},
                    const std::string& user = {});

/// Runs any program to its end; kills it and throws std::runtime_error when that takes longer than `limit`.
Outcome run_to_end(supervisor::Command command, milliseconds limit);

/// How much of the system a program holds.
struct Footprint {
    std::size_t descriptors = 0;
    std::size_t threads = 0;
    friend bool operator==(const Footprint&, const Footprint&) = default;
};

/// What joins the device to the host. usb: a machine of its own with a real controller, for root: each program runs as
/// its own user, in the directories of an installed system.
enum class Bus : std::uint8_t { loopback, usb };

/// What differs from a plain suite.
struct SuiteSettings {
    Bus bus = Bus::loopback;
    std::vector<std::string> registrar{}, liveness{}, gadget{};  ///< further arguments of each program
    std::optional<std::vector<std::string>> signer{};            ///< `revenant serve` too, with further arguments
    std::optional<std::vector<std::string>>
        monitor{};                                ///< `revenant-monitor` of that signer, the same; it needs a port
    std::vector<std::string> monitor_runner{};    ///< what runs it, such as taskset with its arguments
    std::vector<std::filesystem::path> beside{};  ///< run directories of other suites for the signer
    std::vector<std::string> environment{};       ///< NAME=value for all three
    milliseconds watchdog{15'000};
    milliseconds restart_delay{100};
    bool start = true;  ///< false: nothing runs until start()
    PreparedStore store = PreparedStore::none;
};

/// The three device programs under the supervisor, on the loopback bus in directories of their own below the system's
/// temporary one, or on USB. The names of programs are "registrar", "liveness" and "gadget"; "signer" is `revenant
/// serve`, and "monitor" the monitor. Everything blocks, for `patience` at most unless told otherwise, and throws
/// std::runtime_error when its time is over. On destruction all is stopped; when the test has failed by then, the ends
/// of the logs go to stderr. One thread.
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
    /// The way to one of the device's interfaces.
    [[nodiscard]] Client::OpenLink link(host::Interface interface) const;

    // One program.
    void start(const std::string& program);
    void stop(const std::string& program);  ///< returns when it is down; its stored descriptors are dropped
    void restart(const std::string& program);
    void signal(const std::string& program, int number);  ///< SIGKILL, SIGSTOP, SIGCONT, ...
    pid_t pid(const std::string& program);                ///< 0: does not run
    unsigned restarts(const std::string& program);
    void wait_restarts(const std::string& program, unsigned count);
    void wait_until_running(const std::string& program);  ///< started, and it said that it is ready
    /// SIGKILL, then waits until the supervisor has started it again.
    void kill_and_wait(const std::string& program);
    [[nodiscard]] pid_t supervisor_pid() const { return manager_->pid(); }
    /// What the supervisor knows: state, pid, restarts, watchdog_kills, last_exit, status, stored.
    boost::json::object service(const std::string& program);

    /// What it holds, as its status says: no other user may look into /proc for it.
    Footprint footprint(const std::string& program);
    /// Waits until it holds what it held before; false when it does not in time.
    bool returns_to(const Footprint& before, const std::string& program);

    /// The port at which the signer listens.
    unsigned short signer_port();
    /// The port at which the monitor does.
    unsigned short monitor_port();

    // Sockets, by their path below run_dir(), such as "liveness/ready.sock".
    void wait_for_socket(const std::string& socket, milliseconds limit = patience);
    void wait_until_gone(const std::string& socket, milliseconds limit = patience);
    UniqueFd connect(const std::string& socket);
    /// Reads the program's status lines, across its restarts, until one is as wanted; returns that one.
    boost::json::object wait_status(const std::string& program,
                                    const std::function<bool(const boost::json::object&)>& wanted,
                                    milliseconds limit = patience);
    boost::json::object status(const std::string& program);

    /// Runs `revenant --bus ... ARGUMENTS` with the passphrase in its environment.
    Outcome host(const std::vector<std::string>& arguments, const std::string& passphrase_given = passphrase,
                 milliseconds limit = milliseconds{40'000});
    /// The same with --json, which must end with 0 and one JSON object.
    boost::json::object host_json(std::vector<std::string> arguments);

    /// What a program wrote to stdout and stderr.
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
