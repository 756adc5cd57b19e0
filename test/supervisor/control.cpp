#include "test/supervisor/control.hpp"

#include <array>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "common/async/task_group.hpp"
#include "common/core/fd.hpp"
#include "test/supervisor/supervisor.hpp"

namespace revenant::supervisor {
namespace {

constexpr std::size_t max_line = 512;
constexpr int max_clients = 16;
using Words = std::vector<std::string>;

/// A command was rejected; what() gives the reason.
struct Refused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

unsigned number_from(const std::string& word) {
    unsigned number = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failed != std::errc{} || end != word.data() + word.size() || number > 1'000'000)
        throw Refused{"'" + word + "' is not a number from 0 to 1000000"};
    return number;
}

int signal_from(std::string_view word) {
    if (word.starts_with("SIG"))
        word.remove_prefix(3);
    for (int number = 1; number < 32; ++number)
        if (const char* const name = ::sigabbrev_np(number); name && word == name)
            return number;
    int number = 0;
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (failed != std::errc{} || end != word.data() + word.size() || number < 1 || number >= NSIG)
        throw Refused{"'" + std::string{word} + "' is not a signal"};
    return number;
}

const std::string& word_at(const Words& words, std::size_t index, const char* what) {
    if (index >= words.size())
        throw Refused{"'" + words.front() + "' needs " + what};
    return words[index];
}

std::chrono::milliseconds limit_at(const Words& words, std::size_t index) {
    return index < words.size() ? std::chrono::seconds{number_from(words[index])} : 30s;
}

bool is_stopped(const Service& service) {
    return service.state() == ServiceState::stopped;
}
bool is_ready(const Service& service) {
    return service.state() == ServiceState::ready;
}

/// Executes a command for one service.
awaitable<void> command_service(Service& service, const Words& words) {
    const auto& command = words.front();
    std::optional<bool> in_time;
    if (command == "start") {
        service.start();
    } else if (command == "stop") {
        service.stop();
        in_time = co_await service.until(is_stopped, service.spec().stop_grace + 5s);
    } else if (command == "restart") {
        service.restart();
    } else if (command == "kill") {
        if (!service.signal(signal_from(word_at(words, 2, "a signal"))))
            throw Refused{"'" + service.spec().name + "' is not running"};
    } else if (command == "wait-ready") {
        in_time = co_await service.until(is_ready, limit_at(words, 2));
    } else if (command == "wait-restarts") {
        const unsigned count = number_from(word_at(words, 2, "a count"));
        const auto often_enough = [count](const Service& one) { return one.restarts() >= count; };
        in_time = co_await service.until(often_enough, limit_at(words, 3));
    } else if (command != "pid") {
        throw Refused{"unknown command '" + command + "'"};
    }
    if (in_time == false)
        throw Refused{"'" + service.spec().name + "' is " + to_string(service.state()) + " after the timeout"};
}

awaitable<boost::json::object> execute(Supervisor& supervisor, Words words) {
    if (words.empty())
        throw Refused{"empty command"};
    if (words.front() == "status") {
        boost::json::array all;
        for (const auto& service : supervisor.services())
            all.push_back(service->describe());
        boost::json::object answer;
        answer["services"] = std::move(all);
        co_return answer;
    }
    const auto& name = word_at(words, 1, "a service");
    Service* const service = supervisor.find(name);
    if (!service)
        throw Refused{"unknown service '" + name + "'"};
    co_await command_service(*service, words);
    co_return service->describe();
}

awaitable<std::string> answer_to(Supervisor& supervisor, std::string line) {
    std::istringstream text{line};
    Words words{std::istream_iterator<std::string>{text}, {}};
    boost::json::object answer;
    try {
        answer = co_await execute(supervisor, std::move(words));
    } catch (const Refused& refused) {
        answer["error"] = refused.what();
    }
    co_return boost::json::serialize(answer) + '\n';
}

/// Serves one client until it disconnects. Its errors affect no other client.
awaitable<void> converse(Supervisor& supervisor, stream_protocol::socket client, int& clients) {
    std::string pending;
    for (;;) {
        const auto [no_line, size] = co_await asio::async_read_until(client, asio::dynamic_buffer(pending, max_line),
                                                                     '\n', as_tuple(use_awaitable));
        if (no_line)
            break;
        const auto answer = co_await answer_to(supervisor, pending.substr(0, size - 1));
        pending.erase(0, size);
        const auto [lost, written] = co_await asio::async_write(client, asio::buffer(answer), as_tuple(use_awaitable));
        if (lost)
            break;
    }
    --clients;
}

}  // namespace

stream_protocol::acceptor listen_for_commands(const asio::any_io_executor& executor, const std::filesystem::path& dir) {
    stream_protocol::acceptor acceptor{executor, stream_protocol{}};
    checked(::fchmod(acceptor.native_handle(), 0600), "fchmod");  // before bind: the file never has a wider mode
    acceptor.bind((dir / "control.sock").string());
    acceptor.listen();
    return acceptor;
}

awaitable<void> serve_commands(stream_protocol::acceptor& acceptor, Supervisor& supervisor) {
    int clients = 0;
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        for (;;) {
            auto client = co_await acceptor.async_accept(use_awaitable);
            if (clients >= max_clients)
                continue;  // closed at once
            ++clients;
            group.spawn(converse(supervisor, std::move(client), clients));
        }
    };
    co_await with_group(body);
}

std::string ask(const std::filesystem::path& dir, const std::string& command, std::chrono::milliseconds limit) {
    const auto path = (dir / "control.sock").string();
    const UniqueFd link{checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
    const timeval patience{limit.count() / 1000, limit.count() % 1000 * 1000};
    checked(::setsockopt(link.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), "setsockopt");
    const stream_protocol::endpoint server{path};
    checked(::connect(link.get(), server.data(), static_cast<socklen_t>(server.size())), "connect", path);
    const auto line = command + '\n';
    checked(static_cast<int>(::send(link.get(), line.data(), line.size(), MSG_NOSIGNAL)), "send", path);

    std::string answer;
    while (!answer.ends_with('\n')) {
        std::array<char, 1024> part{};
        const int size = checked(static_cast<int>(::recv(link.get(), part.data(), part.size(), 0)), "receive", path);
        if (size == 0)
            throw std::system_error{std::make_error_code(std::errc::connection_reset), "receive '" + path + "'"};
        answer.append(part.data(), static_cast<std::size_t>(size));
    }
    answer.pop_back();
    return answer;
}

}  // namespace revenant::supervisor
