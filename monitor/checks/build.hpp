#pragma once

#include <memory>
#include <optional>

#include "monitor/checks/declaration.hpp"
#include "monitor/checks/dependency.hpp"
#include "monitor/zmq/sockets.hpp"

namespace revenant::monitor {

/// Builds the declared dependency. Creates the ZeroMQ context in `sockets` when the first dependency needs it.
std::unique_ptr<Dependency> build_dependency(const asio::any_io_executor& executor, std::optional<ZmqSockets>& sockets,
                                             const Declaration& declaration, const CheckPace& pace);

}  // namespace revenant::monitor
