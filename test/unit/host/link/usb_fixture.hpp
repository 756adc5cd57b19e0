#pragma once

#include <gtest/gtest.h>

#include "test/unit/host/link/fake_usb.hpp"

namespace revenant::test {

/// Host code and a fake USB on one loop.
class UsbTest : public ::testing::Test {
protected:
    /// Runs one coroutine to its end; other work on the loop continues meanwhile.
    template <typename Body>
    void run(const Body& body) {
        std::exception_ptr failure;
        bool ended = false;
        asio::co_spawn(io, body(), [&](std::exception_ptr error) {
            failure = error;
            ended = true;
        });
        turn_until([&] { return ended; });
        if (failure)
            std::rethrow_exception(failure);
    }
    template <typename Condition>
    void turn_until(const Condition& condition) {
        io.restart();
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (!condition()) {
            io.run_one_until(end);
            io.restart();
            if (std::chrono::steady_clock::now() >= end)
                throw std::runtime_error{"the test hangs"};
        }
    }
    /// Runs all ready handlers.
    void settle() {
        io.restart();
        io.poll();
    }

    asio::io_context io{1};
    FakeUsb usb{io};
    std::chrono::milliseconds drain_limit = 5s;
    std::shared_ptr<host::UsbBus> bus = std::make_shared<host::UsbBus>(io.get_executor(), usb.backend(), drain_limit);
};

}  // namespace revenant::test
