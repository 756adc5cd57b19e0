#pragma once

#include <string>

/// Listens on this port of 127.0.0.1 ("*": any free port) and prints "at PORT". Exits with 1 on failure.
int listen_at(const std::string& port);

/// A ZeroMQ peer (ZMTP 3.0, NULL mechanism, ROUTER) that waits for a message and then sends until the connection fails:
///
///   giant     a frame with a declared size of 2 GiB
///   endless   parts of one message without a last part
///   answered  like endless, after a correct response
///
/// Prints "at PORT" first, then the behaviour each time it starts sending. Never returns.
[[noreturn]] void serve_bytes(const std::string& port, const std::string& behaviour);
