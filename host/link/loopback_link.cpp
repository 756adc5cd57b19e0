#include "host/link/loopback_link.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include "common/async/within.hpp"
#include "host/link/probe.hpp"

namespace revenant::host {
namespace {

// The gadget closes the connection of a rejected claim as soon as it accepts it. A request written before that would
// count as sent, and one that must not be repeated would then have an unknown outcome for no reason.
constexpr auto refusal_grace = 20ms;

constexpr std::uint8_t stall = 0xFF;

const char* endpoint_name(Interface interface) {
    return interface == Interface::sign ? "ep-sign.sock" : "ep-management.sock";
}

class LoopbackPipe final : public Pipe {
public:
    explicit LoopbackPipe(stream_protocol::socket socket) : socket_{std::move(socket)} {}

    awaitable<std::size_t> read(std::span<std::uint8_t> into) override {
        const auto [failed, size] =
            co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), as_tuple(use_awaitable));
        co_return failed ? 0 : size;
    }
    awaitable<bool> write(ByteView frame) override {
        const auto [failed, size] =
            co_await asio::async_write(socket_, asio::buffer(frame.data(), frame.size()), as_tuple(use_awaitable));
        co_return !failed;
    }

private:
    stream_protocol::socket socket_;
};

awaitable<void> until_readable(stream_protocol::socket& socket) {
    co_await socket.async_wait(stream_protocol::socket::wait_read, as_tuple(use_awaitable));
}

}  // namespace

LoopbackLink::LoopbackLink(const asio::any_io_executor& executor, const std::filesystem::path& run_directory,
                           Interface interface)
    : executor_{executor},
      run_directory_{run_directory},
      interface_{interface},
      bus_file_{executor, run_directory / "registrar" / "bus.sock"},
      endpoint_file_{executor, run_directory / "gadget" / endpoint_name(interface)},
      bus_{executor} {}

awaitable<Readiness> LoopbackLink::probe() {
    // Without cancellation: a control transfer cut half-way would require closing the bus, which unplugs the device.
    co_return co_await asio::co_spawn(executor_, probe_uncut(),
                                      asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable));
}

awaitable<Readiness> LoopbackLink::probe_uncut() {
    if (bus_.is_open())
        if (const auto readiness = co_await control())
            co_return *readiness;  // else the registrar behind this connection is gone: retry on a new one
    const stream_protocol::endpoint cable{bus_file_.file().string()};
    if (const auto [failed] = co_await bus_.async_connect(cable, as_tuple(use_awaitable)); failed) {
        bus_.close();
        co_return Readiness::absent;
    }
    const auto readiness = co_await control();
    co_return readiness.value_or(Readiness::absent);
}

/// Runs one control transfer within its time limit. Returns nothing, with the bus closed, if the connection ended.
awaitable<std::optional<Readiness>> LoopbackLink::control() {
    const auto readiness = co_await within(Clock::now() + control_limit, exchange());
    if (!readiness || !*readiness)
        bus_.close();  // also after a timeout: a late response would be taken for the next one
    co_return readiness.value_or(Readiness::silent);
}

/// Sends one SETUP and reads the response. Returns nothing if the connection ended.
awaitable<std::optional<Readiness>> LoopbackLink::exchange() {
    const auto setup = readiness_setup(static_cast<std::uint8_t>(interface_));
    const auto [unsent, sent] = co_await asio::async_write(bus_, asio::buffer(setup), as_tuple(use_awaitable));
    if (unsent)
        co_return std::nullopt;
    std::uint8_t length = 0;
    const auto [unanswered, one] =
        co_await asio::async_read(bus_, asio::buffer(&length, sizeof length), as_tuple(use_awaitable));
    if (unanswered)
        co_return std::nullopt;
    if (length == stall)
        co_return Readiness::foreign;
    std::array<std::uint8_t, stall> data;
    const auto [cut, size] =
        co_await asio::async_read(bus_, asio::buffer(data.data(), length), as_tuple(use_awaitable));
    if (cut)
        co_return std::nullopt;
    co_return understand(std::span{data}.first(size));
}

awaitable<Claim> LoopbackLink::claim() {
    Claim claim;
    stream_protocol::socket socket{executor_};
    const stream_protocol::endpoint endpoint{endpoint_file_.file().string()};
    if (const auto [failed] = co_await socket.async_connect(endpoint, as_tuple(use_awaitable)); failed)
        co_return claim;
    const bool readable = co_await within(Clock::now() + refusal_grace, until_readable(socket));
    std::uint8_t byte = 0;
    claim.held = readable && ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
    if (!claim.held)
        claim.pipe = std::make_unique<LoopbackPipe>(std::move(socket));
    co_return claim;
}

awaitable<void> LoopbackLink::changed(std::chrono::milliseconds at_most) {
    co_await within(Clock::now() + at_most, either(bus_file_.event(), endpoint_file_.event()));
}

}  // namespace revenant::host
