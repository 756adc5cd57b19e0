// The real libusb, without a device.
#include "host/link/usb_context.hpp"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant::host {
namespace {

std::ptrdiff_t entries_of(const char* directory) {
    return std::distance(std::filesystem::directory_iterator{directory}, {});
}

TEST(usb_context, no_threads_and_no_leaked_descriptors) {
    asio::io_context io{1};
    { const UsbContext first{io.get_executor()}; }  // libusb opens some descriptors once per process
    io.poll();
    const auto descriptors = entries_of("/proc/self/fd"), threads = entries_of("/proc/self/task");
    {
        const UsbContext context{io.get_executor()};
        EXPECT_GT(entries_of("/proc/self/fd"), descriptors);
        EXPECT_EQ(entries_of("/proc/self/task"), threads);
        io.restart();
        io.poll();
    }
    io.restart();
    EXPECT_GT(io.run_for(5s), 0U);
    EXPECT_TRUE(io.stopped()) << "a wait is still pending";
    EXPECT_EQ(entries_of("/proc/self/fd"), descriptors);
}

TEST(usb_context, destroyed_with_pending_wait_is_safe) {
    asio::io_context io{1};
    auto context = std::make_unique<UsbContext>(io.get_executor());
    context->turn(0ms);
    asio::post(io, [&] { context.reset(); });
    io.run_for(5s);
    EXPECT_TRUE(io.stopped());
}

TEST(usb_context, open_failure_reports_cause) {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "001";
    std::ofstream{file} << "no device";
    asio::io_context io{1};
    UsbContext context{io.get_executor()};
    EXPECT_EQ(context.open("/nonexistent/001/002").result, UsbResult::gone);
    const auto descriptors = entries_of("/proc/self/fd");
    const auto opened = context.open(file);
    EXPECT_EQ(opened.result, UsbResult::failed);
    EXPECT_FALSE(opened.handle);
    EXPECT_EQ(entries_of("/proc/self/fd"), descriptors);
    EXPECT_EQ(context.open(directory.path()).result, UsbResult::failed);
}

}  // namespace
}  // namespace revenant::host
