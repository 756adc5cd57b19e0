#pragma once

#include <map>
#include <string>
#include <thread>

#include "common/async/task_group.hpp"

namespace revenant::test {

/// Behaviour of a bad client. It repeats: when a connection ends, the client opens the next one.
enum class Manner : std::uint8_t {
    half_request,   ///< sends an incomplete request and waits
    slow_reader,    ///< pipelines 20,000 requests and reads one byte every 100 ms
    oversize,       ///< sends a body of 10 MiB
    pipelined,      ///< pipelines 16 signature requests and 16 others, and reads all responses
    comes_and_goes  ///< connects and closes
};

/// Number of clients or connections by behaviour.
using CrowdSizes = std::map<Manner, unsigned>;
/// As text.
std::string text(const CrowdSizes& sizes);

/// Many bad clients of a server on 127.0.0.1, on their own thread, until end().
class Crowd {
public:
    /// `address`: the key in signature requests.
    Crowd(unsigned short port, const std::string& address, const CrowdSizes& sizes);
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd() { leave(); }

    /// Stops the clients; returns the number of connections by behaviour. Throws if a client failed before.
    CrowdSizes end();

private:
    void leave();
    awaitable<void> all_of_them(CrowdSizes sizes);
    awaitable<void> behave(Manner manner);
    awaitable<void> once(Manner manner);

    unsigned short port_;
    std::map<Manner, std::string> says_;
    CrowdSizes connections_;
    std::exception_ptr failure_;
    asio::io_context io_{1};
    asio::cancellation_signal stop_;
    std::thread thread_;
};

}  // namespace revenant::test
