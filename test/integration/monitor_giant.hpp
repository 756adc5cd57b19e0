#pragma once

#include <string>

/// A ZeroMQ peer that shakes hands (ZMTP 3.0, NULL, as a ROUTER), waits for a message, announces a frame of 2 GiB and
/// sends as much of it as is taken. `port`: of 127.0.0.1, or "*". Prints "at PORT". Never returns.
[[noreturn]] void serve_giant_frames(const std::string& port);
