#include "test/bench/suite.hpp"

#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace revenant::bench {
namespace {

constexpr auto max_start = 10s;
constexpr auto max_wait = 5s;

supervisor::ServiceSpec service(const char* name, std::vector<std::string> argv,
                                const std::filesystem::path& run_directory) {
    argv.insert(argv.end(), {"--run-dir", run_directory.string()});
    supervisor::ServiceSpec spec;
    spec.name = name;
    spec.argv = std::move(argv);
    spec.watchdog = 15s;
    return spec;
}

std::vector<supervisor::ServiceSpec> services(const std::filesystem::path& run_directory,
                                              const std::filesystem::path& store,
                                              std::vector<std::string> gadget_environment) {
    std::vector<supervisor::ServiceSpec> specs;
    specs.push_back(service("liveness", {BENCH_LIVENESS}, run_directory));
    specs.push_back(service("registrar", {BENCH_REGISTRAR, "--bus", "loopback"}, run_directory));
    specs.push_back(service("gadget", {BENCH_GADGET, "--bus", "loopback", "--store", store.string()}, run_directory));
    specs.back().environment = std::move(gadget_environment);
    const auto status_socket = (run_directory / "signer/status.sock").string();
    specs.push_back(service(
        "signer", {BENCH_HOST, "serve", "--bus", "loopback", "--listen-port", "0", "--status-socket", status_socket},
        run_directory));
    specs.back().autostart = false;
    specs.push_back(
        service("monitor", {BENCH_MONITOR, "--listen-port", "0", "--signers", status_socket}, run_directory));
    specs.back().autostart = false;
    return specs;
}

std::string log_of(const std::filesystem::path& file) {
    std::ifstream log{file};
    return {std::istreambuf_iterator<char>{log}, {}};
}

/// Reads lines until `wanted` returns true; null on close.
awaitable<boost::json::value> wanted_line(stream_protocol::socket& from,
                                          const std::function<bool(const boost::json::object&)>& wanted) {
    std::string buffer;
    for (;;) {
        const auto [failed, size] =
            co_await asio::async_read_until(from, asio::dynamic_buffer(buffer), '\n', as_tuple(use_awaitable));
        if (failed)
            co_return nullptr;
        auto line = boost::json::parse(buffer.substr(0, size));
        if (wanted(line.as_object()))
            co_return line;
        buffer.erase(0, size);
    }
}

}  // namespace

Suite::Suite(const asio::any_io_executor& executor, std::filesystem::path run_directory,
             const std::filesystem::path& store, std::vector<std::string> gadget_environment)
    : run_directory_{std::move(run_directory)},
      supervisor_{executor, run_directory_ / "supervisor",
                  services(run_directory_, store, std::move(gadget_environment))} {
    std::filesystem::create_directory(run_directory_ / "signer");  // like its unit
}

awaitable<void> Suite::until_state(std::string program, supervisor::ServiceState state) {
    const auto reached = [state](const supervisor::Service& one) { return one.state() == state; };
    if (!co_await supervisor_.find(program)->until(reached, max_start))
        throw std::runtime_error{fmt::format("the program {} did not become {}; its log:\n{}", program,
                                             to_string(state), log_of(supervisor_.dir() / (program + ".log")))};
}

awaitable<void> Suite::started() {
    for (const auto* program : program_names)
        co_await until_state(program, supervisor::ServiceState::ready);
}

/// Unlike a restart, this drops the unlocked keys that the gadget stored with the service manager.
awaitable<void> Suite::stop() {
    for (const auto* program : program_names)
        supervisor_.find(program)->stop();
    for (const auto* program : program_names)
        co_await until_state(program, supervisor::ServiceState::stopped);
}

void Suite::start() {
    for (const auto* program : program_names)
        supervisor_.find(program)->start();
}

awaitable<unsigned short> Suite::start_server(std::string program) {
    auto& service = *supervisor_.find(program);
    service.start();
    co_await until_state(program, supervisor::ServiceState::ready);
    constexpr std::string_view before_port = "127.0.0.1:";  // in the status text of both
    const std::string status{service.describe().at("status").as_string()};
    co_return static_cast<unsigned short>(std::stoul(status.substr(status.find(before_port) + before_port.size())));
}

void Suite::end_soon(const std::string& program) {
    supervisor_.find(program)->stop();
}

awaitable<void> Suite::ended(std::string program) {
    co_await until_state(program, supervisor::ServiceState::stopped);
}

std::vector<pid_t> Suite::processes() {
    std::vector<pid_t> pids;
    for (const auto* program : program_names)
        pids.push_back(process(program));
    return pids;
}

pid_t Suite::process(const std::string& program) {
    const auto pid = supervisor_.find(program)->pid();
    if (pid == 0)
        throw std::runtime_error{fmt::format("the program {} is not running; its log:\n{}", program,
                                             log_of(supervisor_.dir() / (program + ".log")))};
    return pid;
}

unsigned Suite::crashes() const {
    const auto& all = supervisor_.services();
    return std::accumulate(all.begin(), all.end(), 0U,
                           [](unsigned sum, const auto& service) { return sum + service->restarts(); });
}

awaitable<boost::json::object> Suite::status(const std::string& program,
                                             std::function<bool(const boost::json::object&)> wanted) const {
    using namespace asio::experimental::awaitable_operators;
    const auto executor = co_await asio::this_coro::executor;
    const stream_protocol::endpoint server{(run_directory_ / program / "status.sock").string()};
    stream_protocol::socket reader{executor};
    co_await reader.async_connect(server, use_awaitable);
    Timer limit{executor, max_wait};
    auto first = co_await (wanted_line(reader, wanted) || limit.async_wait(as_tuple(use_awaitable)));
    if (first.index() == 1 || !std::get<0>(first).is_object())
        throw std::runtime_error{fmt::format("revenant-{} did not reach the measured state in time", program)};
    co_return std::move(std::get<0>(first).as_object());
}

awaitable<double> Suite::sum(std::string name) const {
    const auto any = [](const boost::json::object&) { return true; };
    double sum = 0;
    for (const auto* program : program_names) {
        const auto line = co_await status(program, any);
        const auto* value = line.if_contains(name);
        if (value == nullptr)
            throw std::runtime_error{fmt::format("the status of revenant-{} has no '{}'", program, name)};
        sum += value->to_number<double>();
    }
    co_return sum;
}

}  // namespace revenant::bench
