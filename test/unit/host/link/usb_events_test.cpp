#include "host/link/usb_events.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "test/support/basics/loop.hpp"

namespace revenant::host {
namespace {

using namespace std::string_literals;

const auto about_usb = "add@/devices/pci0/usb1/1-1\0ACTION=add\0SUBSYSTEM=usb\0SEQNUM=7\0"s;
const auto about_disk = "add@/devices/virtual/block/loop0\0ACTION=add\0SUBSYSTEM=block\0"s;

class UsbEventsTest : public ::testing::Test {
protected:
    UsbEventsTest() {
        std::array<int, 2> ends{};
        checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
        events.emplace(io.get_executor(), UniqueFd{ends[0]});
        system = UniqueFd{ends[1]};
    }
    void tell(const std::string& news) const {
        ASSERT_EQ(::send(system.get(), news.data(), news.size(), 0), static_cast<ssize_t>(news.size()));
    }
    /// Whether event() returns once all ready handlers have run.
    bool heard() {
        bool came = false;
        asio::cancellation_signal stop;
        const auto listen = [&]() -> awaitable<void> {
            co_await events->event();
            came = true;
        };
        asio::co_spawn(io, listen(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
        io.restart();
        io.poll();
        stop.emit(asio::cancellation_type::terminal);
        io.restart();
        io.poll();
        return came;
    }

    asio::io_context io{1};
    UniqueFd system;
    std::optional<UsbEvents> events;
};

TEST_F(UsbEventsTest, only_usb_events_wake) {
    EXPECT_FALSE(heard());
    tell(about_disk);
    tell("SUBSYSTEM=usb_extra\0"s);
    EXPECT_FALSE(heard());
    tell(about_usb);
    EXPECT_TRUE(heard());
}

TEST_F(UsbEventsTest, events_between_waits_wake_once) {
    for (int count = 0; count < 10; ++count)
        tell(about_usb);
    EXPECT_TRUE(heard());
    EXPECT_FALSE(heard());
    tell(about_usb);
    EXPECT_TRUE(heard());
}

TEST_F(UsbEventsTest, closed_socket_waits_without_waking) {
    system.reset();
    EXPECT_FALSE(heard());
    EXPECT_FALSE(heard());
    events.emplace(io.get_executor(), UniqueFd{});
    EXPECT_FALSE(heard());
}

}  // namespace
}  // namespace revenant::host
