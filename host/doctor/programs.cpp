#include "host/doctor/programs.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "common/async/within.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::doctor {
namespace {

namespace fs = std::filesystem;

constexpr auto patience = 1s;
constexpr std::size_t max_line = 65'536;

Told told(Told::How how, std::string text = {}) {
    return {how, std::move(text)};
}

Told not_connected(const error_code& failed) {
    if (failed == boost::system::errc::no_such_file_or_directory || failed == boost::system::errc::not_a_directory)
        return told(Told::How::absent);
    if (failed == boost::system::errc::connection_refused)
        return told(Told::How::refused);
    if (failed == boost::system::errc::permission_denied)
        return told(Told::How::forbidden);
    return told(Told::How::failed, failed.message());
}

Told state_in(const std::string& line) {
    boost::json::error_code failed;
    const auto value = boost::json::parse(line, failed);
    const auto* const status = failed ? nullptr : value.if_object();
    const auto* const state = status == nullptr ? nullptr : status->if_contains("state");
    if (state == nullptr || !state->is_string())
        return told(Told::How::failed, "invalid status line");
    return told(Told::How::state, printable(std::string{state->as_string()}));
}

Check check_controller(const std::string& name, bool device, const SystemPaths& paths) {
    const auto state = attribute(paths.controllers / name / "state");
    if (!device)
        return fine("controller", fmt::format("this machine has the controller {}, but none of the device's "
                                              "programs",
                                              name));
    if (state.empty())
        return unknown("controller", fmt::format("the state of {} cannot be read", name));
    if (state == "configured")
        return fine("controller", fmt::format("{} is {}: a host has enabled the device", name, state));
    if (state == "not attached")
        return problem("controller", fmt::format("{} is {}: no host is connected", name, state),
                       "check the cable and its port, and see 'systemctl status revenant-registrar'");
    if (state == "suspended")
        return problem("controller", fmt::format("{} is {}: the host is suspended or saves power", name, state),
                       "wake the host, or disable autosuspend for this device");
    return problem("controller", fmt::format("{} is {}: the host has not enabled the device yet", name, state),
                   "try another cable or port, and see the host's kernel log");
}

}  // namespace

bool is_device(const fs::path& run_directory, const SystemPaths& paths) {
    const auto there = [](const fs::path& path) {
        std::error_code ignored;
        return fs::exists(path, ignored);
    };
    return there(paths.device_unit) || there(run_directory / "registrar") || there(run_directory / "gadget") ||
           there(run_directory / "liveness");
}

Checks check_controllers(bool device, const SystemPaths& paths) {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator at{paths.controllers, failed}, end; !failed && at != end; at.increment(failed))
        names.push_back(at->path().filename().string());
    std::sort(names.begin(), names.end());
    if (names.empty() && device && failed && failed != std::errc::no_such_file_or_directory)
        return {unknown("controller", fmt::format("'{}': {}", paths.controllers.string(), failed.message()))};
    if (names.empty() && device)
        return {problem("controller", "this machine has the device's programs, but no USB device controller",
                        "load its driver or the board's overlay, as docs/boards.md says")};
    Checks checks;
    for (const auto& name : names)
        checks.push_back(check_controller(name, device, paths));
    return checks;
}

awaitable<error_code> read_line(stream_protocol::socket& socket, std::string& line) {
    const auto [failed, size] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(line, max_line), '\n', as_tuple(use_awaitable));
    co_return failed;
}

awaitable<Told> ask_program(fs::path run_directory, std::string program) {
    stream_protocol::socket socket{co_await asio::this_coro::executor};
    const stream_protocol::endpoint endpoint{(run_directory / program / "status.sock").string()};
    if (const auto [failed] = co_await socket.async_connect(endpoint, as_tuple(use_awaitable)); failed)
        co_return not_connected(failed);
    std::string line;
    const auto failed = co_await within(Clock::now() + patience, read_line(socket, line));
    if (!failed)
        co_return told(Told::How::silent);
    if (*failed)
        co_return told(Told::How::failed, failed->message());
    co_return state_in(line);
}

Check check_program(const std::string& program, const Told& told) {
    const auto name = "revenant-" + program;
    switch (told.how) {
        case Told::How::state:
            return fine(program, fmt::format("{} runs, state '{}'", name, told.text));
        case Told::How::absent:
            return problem(program, fmt::format("{} does not run here: no status socket", name), "start it");
        case Told::How::refused:
            return problem(program, fmt::format("{} has exited without removing its socket", name),
                           "start it, and see its log for the cause");
        case Told::How::silent:
            return problem(program, fmt::format("{} hangs: no status within 1 s", name), "restart it");
        case Told::How::forbidden:
            return unknown(program, "this user may not connect to it", "join the group revenant-operators");
        case Told::How::failed:
            break;
    }
    return unknown(program, told.text);
}

}  // namespace revenant::host::doctor
