#pragma once

#include <string>

/// Listens at this port of 127.0.0.1 ("*": any that is free), and prints "at PORT". Ends the program if it cannot.
int listen_at(const std::string& port);

/// A ZeroMQ peer that shakes hands (ZMTP 3.0, NULL, as a ROUTER), waits for a message, and then sends for as long as
/// something is taken:
///
///   giant     a frame that it says to have 2 GiB
///   endless   parts of one message, which has no last one
///   answered  the same, after the answer that was asked for
///
/// Prints its behaviour each time that it begins, after "at PORT". Never returns.
[[noreturn]] void serve_bytes(const std::string& port, const std::string& behaviour);
