#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "common/async/asio.hpp"

namespace revenant::supervisor {

class Supervisor;

/// The listener at DIR/control.sock.
stream_protocol::acceptor listen_for_commands(const asio::any_io_executor& executor, const std::filesystem::path& dir);

/// Serves it until cancelled: one command a line, answered by one line of JSON.
///
///     status                              {"services": [...]}
///     pid NAME                            the service's own object, as in all that follow
///     start NAME | stop NAME | restart NAME
///                                         stop answers when the service is down
///     kill NAME SIGNAL                    to the main process; a number, or a name such as KILL or SIGSTOP
///     wait-ready NAME [SECONDS]           until READY=1 (30 s unless told)
///     wait-restarts NAME COUNT [SECONDS]  until it was restarted that often in all
///
/// What cannot be done is answered by {"error": "..."}.
awaitable<void> serve_commands(stream_protocol::acceptor& acceptor, Supervisor& supervisor);

/// Sends one command to the supervisor of `dir` and returns its answer's line. Blocks, for `limit` at most; throws
/// std::system_error when there is no answer. For programs without a loop.
std::string ask(const std::filesystem::path& dir, const std::string& command, std::chrono::milliseconds limit);

}  // namespace revenant::supervisor
