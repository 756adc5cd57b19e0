#include "test/support/suite/harness.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pwd.h>

#include "host/channel/device.hpp"
#include "host/link/loopback_link.hpp"
#include "host/link/usb_link.hpp"
#include "test/supervisor/control.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto setpriv = "/usr/bin/setpriv";
constexpr milliseconds silence{100};                                               // of a status socket
constexpr std::array<const char*, 3> programs{"liveness", "registrar", "gadget"};  // in start order

std::string contents(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The last 32 KiB: a log can have megabytes.
std::string end_of(const std::string& log) {
    constexpr std::size_t most = 32 * 1024;
    return log.size() <= most ? log : "(truncated)..." + log.substr(log.size() - most);
}

[[noreturn]] void too_late(const std::string& what) {
    throw std::runtime_error{what + ": timeout"};
}

const char* path_of(const std::string& program) {
    if (program.starts_with('/'))
        return program.c_str();
    if (program == "gadget")
        return REVENANT_GADGET;
    if (program == "registrar")
        return REVENANT_REGISTRAR;
    if (program == "monitor")
        return REVENANT_MONITOR;
    return program == "liveness" ? REVENANT_LIVENESS : REVENANT_HOST;
}

void give(const fs::path& path, const std::string& user_name) {
    const auto* const user = ::getpwnam(user_name.c_str());
    checked(::chown(path.c_str(), user->pw_uid, user->pw_gid), "chown");
}

}  // namespace

Outcome run_to_end(supervisor::Command command, milliseconds limit) {
    const TemporaryDirectory dir;
    const auto out = dir.path() / "out", err = dir.path() / "err";
    const auto to_out = open_file(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const auto to_err = open_file(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    command.output = to_out.get();
    command.errors = to_err.get();
    supervisor::Child child{command};
    if (!Deadline{limit}.readable(child.ended()))
        too_late("exit of " + command.argv.front());
    const int code = child.reap();
    return {code, contents(out), contents(err)};
}

Outcome run_program(const std::string& program, const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment, milliseconds limit, const std::string& user) {
    supervisor::Command command;
    if (!user.empty())
        command.argv = {setpriv, "--reuid=" + user, "--regid=" + user, "--init-groups"};
    command.argv.emplace_back(path_of(program));
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = environment;
    return run_to_end(std::move(command), limit);
}

Suite::Suite(const SuiteSettings& settings)
    : bus_{settings.bus}, beside_{settings.beside}, manager_dir_{dir_.path() / "manager"} {
    prepare_directories(settings.store);
    const auto services = dir_.path() / "services";
    write_services(settings, services);
    launch(services);
}

Suite::~Suite() {
    manager_->signal(SIGTERM);
    if (!Deadline{patience}.readable(manager_->ended()))
        ADD_FAILURE() << "the supervisor did not stop";
    else if (const int code = manager_->reap(); code != 0)
        ADD_FAILURE() << "the supervisor ended with " << supervisor::describe_exit(code);
    // GoogleTest has not yet recorded an exception that is leaving the test.
    if (!testing::Test::HasFailure() && std::uncaught_exceptions() == 0)
        return;
    for (const auto& entry : fs::directory_iterator{manager_dir_})
        if (entry.path().extension() == ".log")
            std::cerr << "---- " << entry.path().filename().string() << "\n" << end_of(contents(entry.path()));
}

fs::path Suite::run_dir() const {
    return bus_ == Bus::usb ? fs::path{"/run/revenant"} : dir_.path() / "run";
}

fs::path Suite::store_dir() const {
    return bus_ == Bus::usb ? fs::path{"/var/lib/revenant"} : dir_.path() / "store";
}

Client::OpenLink Suite::link(host::Interface interface) const {
    if (bus_ == Bus::usb)
        return [interface](const asio::any_io_executor& executor) {
            return std::make_unique<host::UsbLink>(host::open_usb(executor), host::UsbSelection{}, interface);
        };
    return [directory = run_dir(), interface](const asio::any_io_executor& executor) {
        return std::make_unique<host::LoopbackLink>(executor, directory, interface);
    };
}

/// On USB: owners and modes as in an installed system.
void Suite::prepare_directories(PreparedStore store) const {
    fs::create_directories(run_dir() / "signer");
    if (!fs::exists(store_dir() / "master.json"))
        prepare_store(store, store_dir(), passphrase);
    if (bus_ == Bus::loopback)
        return;
    give(run_dir() / "signer", "baker");
    fs::permissions(dir_.path(), fs::perms{0711});  // traversal to the supervisor's socket
    fs::create_directories(store_dir());
    fs::permissions(store_dir(), fs::perms::owner_all);
    for (const auto* program : programs) {
        fs::create_directories(run_dir() / program);
        give(run_dir() / program, "revenant-" + std::string{program});
    }
    give(store_dir(), "revenant-gadget");
    for (const auto& entry : fs::recursive_directory_iterator{store_dir()})
        give(entry.path(), "revenant-gadget");
}

std::string Suite::command(const std::string& program) const {
    std::string line = path_of(program);
    if (bus_ == Bus::usb)
        line = fmt::format("{0} --reuid={1} --regid={1} --init-groups {2}", setpriv,
                           program == "signer" ? "baker" : "revenant-" + program, line);
    if (program == "monitor")
        return line + " --signers \"" + (run_dir() / "signer/status.sock").string() + '"';
    line += " --run-dir \"" + run_dir().string();
    if (program == "signer")
        for (const auto& other : beside_)
            line += ':' + other.string();
    line += '"';
    if (program == "liveness")
        return line;
    line += bus_ == Bus::usb ? " --bus usb" : " --bus loopback";
    if (program == "signer")
        return line + " serve --listen-port 0 --status-socket \"" + (run_dir() / "signer/status.sock").string() + '"';
    if (program == "gadget")
        line += " --store \"" + store_dir().string() + '"';
    else if (bus_ == Bus::usb)
        line += " --gadget-user revenant-gadget";
    return line;
}

void Suite::write_services(const SuiteSettings& settings, const fs::path& file) const {
    std::vector<std::pair<std::string, std::vector<std::string>>> services{
        {"liveness", settings.liveness}, {"registrar", settings.registrar}, {"gadget", settings.gadget}};
    if (settings.signer)
        services.emplace_back("signer", *settings.signer);
    if (settings.monitor)
        services.emplace_back("monitor", *settings.monitor);
    std::ofstream out{file};
    for (const auto& [program, more] : services) {
        out << '[' << program << "]\nrun = ";
        if (program == "monitor")
            for (const auto& word : settings.monitor_runner)
                out << '"' << word << "\" ";
        out << command(program);
        for (const auto& argument : more)
            out << " \"" << argument << '"';
        out << "\nwatchdog_ms = " << settings.watchdog.count()
            << "\nrestart_delay_ms = " << settings.restart_delay.count()
            << "\nautostart = " << (settings.start ? "yes" : "no") << '\n';
        for (const auto& variable : settings.environment)
            out << "environment = " << variable << '\n';
    }
}

void Suite::launch(const fs::path& services) {
    fs::create_directory(manager_dir_);
    const auto log = open_file(manager_dir_ / "supervisor.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
    std::array<int, 2> pipe{};
    checked(::pipe2(pipe.data(), O_CLOEXEC), "pipe2");
    LineReader said{UniqueFd{pipe[0]}};
    UniqueFd say{pipe[1]};
    supervisor::Command command;
    command.argv = {REVENANT_SUPERVISOR, "--dir", manager_dir_.string(), "--config", services.string()};
    command.output = say.get();
    command.errors = log.get();
    manager_.emplace(command);
    say.reset();
    if (said.next(Deadline{patience}) != "ready")
        throw std::runtime_error{"the supervisor did not start: " + contents(manager_dir_ / "supervisor.log")};
}

json::object Suite::ask(const std::string& command) {
    auto answer = json::parse(supervisor::ask(manager_dir_, command, milliseconds{60'000})).as_object();
    if (const auto* const error = answer.if_contains("error"))
        throw std::runtime_error{"supervisor: " + command + ": " + std::string{error->as_string()}};
    return answer;
}

void Suite::start(const std::string& program) {
    ask("start " + program);
}
void Suite::stop(const std::string& program) {
    ask("stop " + program);
}
void Suite::restart(const std::string& program) {
    ask("restart " + program);
}
void Suite::signal(const std::string& program, int number) {
    ask("kill " + program + ' ' + std::to_string(number));
}
json::object Suite::service(const std::string& program) {
    return ask("pid " + program);
}
pid_t Suite::pid(const std::string& program) {
    return service(program).at("pid").to_number<pid_t>();
}
unsigned Suite::restarts(const std::string& program) {
    return service(program).at("restarts").to_number<unsigned>();
}
void Suite::wait_restarts(const std::string& program, unsigned count) {
    ask("wait-restarts " + program + ' ' + std::to_string(count));
}

void Suite::wait_until_running(const std::string& program) {
    ask("wait-ready " + program);
}

void Suite::kill_and_wait(const std::string& program) {
    const unsigned before = restarts(program);
    signal(program, SIGKILL);
    wait_restarts(program, before + 1);
}

unsigned short Suite::signer_port() {
    wait_until_running("signer");
    const std::string status{service("signer").at("status").as_string()};
    return static_cast<unsigned short>(std::stoul(status.substr(status.find(':') + 1)));  // "listening at 127.0.0.1:N"
}

unsigned short Suite::monitor_port() {
    wait_until_running("monitor");
    const std::string status{service("monitor").at("status").as_string()};
    return static_cast<unsigned short>(std::stoul(status.substr(status.rfind(':') + 1)));  // "... http://127.0.0.1:N/"
}

Footprint Suite::footprint(const std::string& program) {
    const auto now = status(program);
    return {now.at("descriptors").to_number<std::size_t>() - 1,  // without this status connection
            now.at("threads").to_number<std::size_t>()};
}

bool Suite::returns_to(const Footprint& before, const std::string& program) {
    Footprint now;
    // Each iteration makes a connection, which limits the loop's rate.
    for (const Deadline deadline{patience}; deadline.left() > milliseconds::zero();)
        if ((now = footprint(program)) == before)
            return true;
    std::cerr << program << ": " << now.descriptors << " descriptors and " << now.threads << " threads, before "
              << before.descriptors << " and " << before.threads << '\n';
    return false;
}

void Suite::wait_for_socket(const std::string& socket, milliseconds limit) {
    if (!wait_for_path(run_dir() / socket, true, Deadline{limit}))
        too_late(socket);
}
void Suite::wait_until_gone(const std::string& socket, milliseconds limit) {
    if (!wait_for_path(run_dir() / socket, false, Deadline{limit}))
        too_late("removal of " + socket);
}
UniqueFd Suite::connect(const std::string& socket) {
    return connect_to(run_dir() / socket);
}

json::object Suite::wait_status(const std::string& program, const std::function<bool(const json::object&)>& wanted,
                                milliseconds limit) {
    const auto socket = run_dir() / program / "status.sock";
    const Deadline deadline{limit};
    std::string last = "none";
    while (deadline.left() > milliseconds::zero()) {
        if (!wait_for_path(socket, true, deadline))
            break;
        std::optional<LineReader> lines;
        try {
            lines.emplace(connect_to(socket));
        } catch (const std::system_error&) {
            // Stale socket of a dead program; its successor replaces it. The supervisor request limits the loop's rate.
            ask("wait-ready " + program);
            continue;
        }
        // Not every counter change is published, so the status is read again after a silence.
        while (auto line = lines->next(Deadline{std::min(deadline.left(), silence)})) {
            last = std::move(*line);
            auto status = json::parse(last).as_object();
            if (wanted(status)) {
                lines->finish(deadline);
                return status;
            }
        }
    }
    too_late("wanted status of " + program + " (last one: " + last + ")");
}

json::object Suite::status(const std::string& program) {
    return wait_status(program, [](const json::object&) { return true; });
}

Outcome Suite::host(const std::vector<std::string>& arguments, const std::string& passphrase_given,
                    milliseconds limit) {
    std::vector<std::string> words{"--bus", "usb"};
    if (bus_ == Bus::loopback)
        words = {"--bus", "loopback", "--run-dir", run_dir().string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run_program("host", words, {"REVENANT_PASSPHRASE=" + passphrase_given}, limit);
}

json::object Suite::host_json(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--json");
    const auto outcome = host(arguments);
    if (outcome.code != 0)
        throw std::runtime_error{"revenant " + arguments.at(1) + " ended with " +
                                 supervisor::describe_exit(outcome.code) + ": " + outcome.out + outcome.err};
    return json::parse(outcome.out).as_object();
}

std::string Suite::log(const std::string& program) const {
    return contents(manager_dir_ / (program + ".log"));
}

}  // namespace revenant::test
