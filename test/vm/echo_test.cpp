// Cost of kernel AIO: an echo by the gadget's component, compared with a thread that blocks in each transfer.
#include <algorithm>
#include <future>
#include <numeric>

#include <gtest/gtest.h>

#include "gadget/usb/aio.hpp"
#include "test/support/basics/loop.hpp"
#include "test/vm/bare_function.hpp"

namespace revenant::test {
namespace {

using Micros = std::chrono::duration<double, std::micro>;

constexpr int warm_up = 10, messages = 200, runs = 9;

struct Course {
    const char* name;
    std::size_t size;  ///< message size
    std::size_t room;  ///< read size on the device: whole packets
};

/// A read ends at a short packet or a full buffer; no message here is a whole number of packets.
bool complete(const Course& course, std::size_t last_read) {
    return last_read < course.room;
}

awaitable<void> echo_by_aio(const Course& course) {
    const auto in = BareFunction::in(), out = BareFunction::out();
    Aio aio{co_await asio::this_coro::executor, make_aio_kernel(Aio::capacity)};
    for (int turn = 0; turn < warm_up + messages; ++turn) {
        Bytes message;
        for (bool whole = false; !whole;) {
            const auto [failed, part] = co_await aio.read(out.fd(), course.room);
            if (failed)
                throw boost::system::system_error{failed, "read"};
            message.insert(message.end(), part.begin(), part.end());
            whole = complete(course, part.size());
        }
        const auto [failed, size] = co_await aio.write(in.fd(), message);
        if (failed)
            throw boost::system::system_error{failed, "write"};
    }
}

void echo_by_blocking(const Course& course) {
    const auto in = BareFunction::blocking_in(), out = BareFunction::blocking_out();
    Bytes part(course.room);
    for (int turn = 0; turn < warm_up + messages; ++turn) {
        Bytes message;
        for (bool whole = false; !whole;) {
            const auto size = static_cast<std::size_t>(
                checked(static_cast<int>(::read(out.get(), part.data(), part.size())), "read"));
            message.insert(message.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(size));
            whole = complete(course, size);
        }
        checked(static_cast<int>(::write(in.get(), message.data(), message.size())), "write");
    }
}

/// Host side: the mean round trip. Throws if a message comes back changed.
Micros send_and_receive(const BareHost& host, std::size_t size) {
    Bytes message(size);
    auto since = std::chrono::steady_clock::now();
    for (int turn = 0; turn < warm_up + messages; ++turn) {
        if (turn == warm_up)
            since = std::chrono::steady_clock::now();
        std::iota(message.begin(), message.end(), static_cast<std::uint8_t>(turn));
        host.write(message);
        if (host.read(4096) != message)
            throw std::runtime_error{"the echo differs from the message"};
    }
    return Micros{std::chrono::steady_clock::now() - since} / messages;
}

template <typename Device>
double one_run(const BareHost& host, const Course& course, Device device) {
    auto trip = std::async(std::launch::async, [&] { return send_and_receive(host, course.size); });
    device();
    return trip.get().count();
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The median of the ratios of adjacent runs, so that both have the same machine speed.
double ratio(const BareHost& host, const Course& course) {
    std::vector<double> aio, blocking, ratios;
    for (int number = 0; number < runs; ++number) {
        const auto by_aio = [&] {
            aio.push_back(one_run(host, course, [&] { run([&] { return echo_by_aio(course); }); }));
        };
        const auto by_blocking = [&] { blocking.push_back(one_run(host, course, [&] { echo_by_blocking(course); })); };
        number % 2 == 0 ? by_aio() : by_blocking();  // alternating order
        number % 2 == 0 ? by_blocking() : by_aio();
        ratios.push_back(aio.back() / blocking.back());
    }
    const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
    std::printf("%s: aio %.0f us, blocking %.0f us, ratio %.2f (%.2f to %.2f)\n", course.name, median(aio),
                median(blocking), median(ratios), *least, *most);
    return median(ratios);
}

TEST(echo, aio_versus_blocking_thread) {
    const BareFunction function;
    const BareHost host;
    const auto small = ratio(host, {"64 bytes", 64, 512});
    const auto large = ratio(host, {"2000 bytes in one read", 2000, 2048});
    const auto packets = ratio(host, {"2000 bytes in four reads", 2000, 512});
    std::printf("echo_ratio_64 %.2f echo_ratio_2000 %.2f echo_ratio_2000_by_packet %.2f\n", small, large, packets);
}

}  // namespace
}  // namespace revenant::test
