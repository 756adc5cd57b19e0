#pragma once

#include <atomic>
#include <thread>

#include "common/async/task_group.hpp"

namespace revenant::test {

/// Many viewers of a monitor's event stream, on a separate thread pinned to one processor, until end(). A viewer that
/// is disconnected reconnects.
class Viewers {
public:
    struct Sizes {
        unsigned reading = 0;
        unsigned blind = 0;  ///< request the stream and never read
    };
    Viewers(unsigned short port, Sizes sizes, int processor);
    Viewers(const Viewers&) = delete;
    Viewers& operator=(const Viewers&) = delete;
    ~Viewers() { leave(); }

    /// Number of reading viewers that have a stream now.
    [[nodiscard]] unsigned watching() const { return watching_; }
    /// Stops the viewers; returns the number of connections. Rethrows an unexpected failure.
    std::size_t end();

private:
    void leave();
    awaitable<void> all_of_them(Sizes sizes);
    awaitable<void> come_and_read();
    awaitable<void> read_once();
    awaitable<void> look_away();

    unsigned short port_;
    std::atomic<unsigned> watching_ = 0;
    std::size_t connections_ = 0;
    std::exception_ptr failure_;
    asio::io_context io_{1};
    asio::cancellation_signal stop_;
    std::thread thread_;
};

}  // namespace revenant::test
