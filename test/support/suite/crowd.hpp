#pragma once

#include <map>
#include <string>
#include <thread>

#include "common/async/task_group.hpp"

namespace revenant::test {

/// A way of being a bad client, over and over again; where the server closes, the next connection follows.
enum class Manner : std::uint8_t {
    half_request,   ///< sends half of one and waits
    slow_reader,    ///< asks twenty thousand times at once and takes a byte every tenth of a second
    oversize,       ///< sends a body of 10 MiB
    pipelined,      ///< asks for sixteen signatures and other things at once, and reads all answers
    comes_and_goes  ///< connects and closes
};

/// How many of each.
using CrowdSizes = std::map<Manner, unsigned>;
/// The same in words.
std::string text(const CrowdSizes& sizes);

/// Many bad clients of one server on 127.0.0.1, on a thread of their own, until their end.
class Crowd {
public:
    /// `address`: of a key, which signatures are asked of.
    Crowd(unsigned short port, const std::string& address, const CrowdSizes& sizes);
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd() { leave(); }

    /// How many connections each kind had. Throws std::runtime_error when it did not go on until here.
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
