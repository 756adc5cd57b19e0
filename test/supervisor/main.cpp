#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>

#include <boost/asio/signal_set.hpp>
#include <boost/program_options.hpp>

#include "test/supervisor/control.hpp"
#include "test/supervisor/supervisor.hpp"

namespace revenant::supervisor {
namespace {

/// Prints "ready", runs the services until SIGTERM or SIGINT, then stops them in order.
void supervise(const std::string& dir, const std::string& config) {
    asio::io_context io{1};
    Supervisor supervisor{io.get_executor(), dir, load_services(config)};
    asio::signal_set signals{io, SIGTERM, SIGINT};
    std::exception_ptr failure;
    asio::co_spawn(io, supervisor.run(), [&](std::exception_ptr error) {
        failure = error;
        signals.cancel();
    });
    signals.async_wait([&](error_code error, int) {
        if (!error)
            supervisor.shut_down();
    });
    std::cout << "ready" << std::endl;  // commands are accepted from here on
    io.run();
    if (failure)
        std::rethrow_exception(failure);
}

/// Sends one command and prints the response; returns EXIT_FAILURE if it is an error.
int ask_and_print(const std::string& dir, const std::string& command) {
    const auto answer = ask(dir, command, 1h);  // the server limits every wait
    std::cout << answer << '\n';
    return answer.starts_with("{\"error\"") ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace revenant::supervisor

int main(int argc, char** argv) try {
    namespace options = boost::program_options;
    options::options_description known{"revenant-supervisor: runs services for tests and the demo"};
    known.add_options()("help", "show this help")("dir", options::value<std::string>(),
                                                  "directory of sockets and logs")(
        "config", options::value<std::string>(), "list of services; run them until SIGTERM")(
        "ask", options::value<std::string>(), "send one command to the supervisor of --dir and print the response");
    options::variables_map given;
    options::store(options::parse_command_line(argc, argv, known), given);
    if (given.count("help") > 0) {
        std::cout << known;
        return EXIT_SUCCESS;
    }
    if (given.count("dir") == 0 || given.count("config") + given.count("ask") != 1)
        throw std::invalid_argument{"expected --dir and either --config or --ask"};
    const auto dir = given["dir"].as<std::string>();
    if (given.count("ask") > 0)
        return revenant::supervisor::ask_and_print(dir, given["ask"].as<std::string>());
    revenant::supervisor::supervise(dir, given["config"].as<std::string>());
    return EXIT_SUCCESS;
} catch (const std::exception& error) {
    std::cerr << "revenant-supervisor: " << error.what() << '\n';
    return EXIT_FAILURE;
}
