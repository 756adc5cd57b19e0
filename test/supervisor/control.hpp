#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "common/async/asio.hpp"

namespace revenant::supervisor {

class Supervisor;

/// Opens the listener at DIR/control.sock.
stream_protocol::acceptor listen_for_commands(const asio::any_io_executor& executor, const std::filesystem::path& dir);

/// Serves it until cancelled: one command per line, one line of JSON per response.
///
///     status                              {"services": [...]}
///     pid NAME                            the service's object, as for all commands below
///     start NAME | stop NAME | restart NAME
///                                         stop responds when the service is stopped
///     kill NAME SIGNAL                    sent to the main process; a number or a name such as KILL or SIGSTOP
///     wait-ready NAME [SECONDS]           until READY=1 (default limit: 30 s)
///     wait-restarts NAME COUNT [SECONDS]  until its total number of restarts is reached
///
/// The response to a failed command is {"error": "..."}.
awaitable<void> serve_commands(stream_protocol::acceptor& acceptor, Supervisor& supervisor);

/// Sends one command to the supervisor of `dir` and returns the line of its response. Blocks for at most `limit`.
/// Throws std::system_error if there is no response. For programs without an event loop.
std::string ask(const std::filesystem::path& dir, const std::string& command, std::chrono::milliseconds limit);

}  // namespace revenant::supervisor
