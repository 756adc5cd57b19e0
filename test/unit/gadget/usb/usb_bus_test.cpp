#include "gadget/usb/usb_bus.hpp"

#include <spdlog/spdlog.h>

#include "common/metrics/process.hpp"
#include "test/support/gadget/gadget_host.hpp"
#include "test/unit/gadget/usb/gadget_function.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

/// The fallback checks of UsbBus, every few ms.
class gadget_usb_bus : public testing::Test {
protected:
    gadget_usb_bus() { spdlog::set_level(spdlog::level::off); }

    template <typename Body>
    void with_bus(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            UsbBus bus{executor, {directory.path() / "ffs", interval}, function.kernel(), function.ask()};
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                BusHooks hooks{[this] { return ++rebinds_asked, registrar_is_there; }, [this] { ++counted; }};
                bus.start(tasks, std::move(hooks));
                for (const auto interface : {Interface::sign, Interface::management})
                    tasks.spawn(read_packets(bus.pipe(interface)));
                co_await body(bus, tasks);
            };
            co_await with_group(both);
        });
    }
    awaitable<void> read_packets(Pipe& pipe) {
        Bytes packet(max_packet);
        for (;;) {
            co_await pipe.read(asio::buffer(packet));
            co_await settle();
        }
    }
    static boost::json::object status(const UsbBus& bus) {
        boost::json::object status;
        bus.describe(status);
        return status;
    }
    static awaitable<void> some_looks() {
        for (int look = 0; look < 10; ++look)
            co_await turn_clock(interval);
    }

    static constexpr auto interval = 3ms;
    TemporaryDirectory directory;
    FakeFunction function{directory.path() / "ffs"};
    int rebinds_asked = 0, counted = 0;
    bool registrar_is_there = true;
};

TEST_F(gadget_usb_bus, status_shows_endpoints_of_each_interface) {
    function.mount();
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        EXPECT_EQ(status(bus).at("endpoints").at("ep2"), "closed");
        function.enable();
        bus.enabled();
        co_await until([&] { return function.pending(2) == 1 && function.pending(4) == 1; });
        const auto shown = status(bus);
        EXPECT_EQ(shown.at("bus"), "usb");
        EXPECT_EQ(shown.at("endpoints"),
                  (boost::json::value{{"ep1", "idle"}, {"ep2", "armed"}, {"ep3", "idle"}, {"ep4", "armed"}}));
        EXPECT_EQ(shown.at("max_packet").to_number<int>(), 512);
        EXPECT_EQ(shown.at("aio_in_flight").to_number<int>(), 2);
        co_await bus.pipe(Interface::sign).write(bytes("one"));
        co_await bus.pipe(Interface::management).write(bytes("two"));
        EXPECT_EQ(function.received(1), (std::vector<Bytes>{bytes("one")}));
        EXPECT_EQ(function.received(3), (std::vector<Bytes>{bytes("two")}));
    });
}

TEST_F(gadget_usb_bus, disable_cancels_nothing) {
    function.mount();
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        function.enable();
        bus.enabled();
        co_await until([&] { return function.pending(2) == 1 && function.pending(4) == 1; });
        bus.session_over();
        bus.disabled();
        co_await some_looks();
        EXPECT_EQ(function.pending(2), 1);
        EXPECT_EQ(function.cancelled, 0);
        EXPECT_EQ(function.submitted, 2);
    });
}

TEST_F(gadget_usb_bus, slow_timer_posts_parked_read_again) {
    function.mount();
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        function.enable();
        function.script(4, {EIO});
        bus.enabled();
        co_await until([&] { return function.pending(4) == 1; });
        EXPECT_EQ(function.submitted, 3);
        EXPECT_GT(counted, 0);
        co_await some_looks();
        EXPECT_EQ(function.submitted, 3) << "and not again";
        EXPECT_EQ(status(bus).at("rearms").to_number<int>(), 1);
        EXPECT_EQ(status(bus).at("reopens").to_number<int>(), 0);
    });
}

TEST_F(gadget_usb_bus, no_timer_while_disabled) {
    function.mount();
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        function.enable();
        bus.enabled();
        co_await until([&] { return function.pending(4) == 1; });
        function.disable();
        bus.session_over();
        co_await until([&] { return status(bus).at("endpoints").at("ep4") == "parked"; });
        const auto asked = function.asked_max_packet;
        co_await some_looks();
        EXPECT_EQ(function.asked_max_packet, asked);
    });
}

TEST_F(gadget_usb_bus, dead_endpoint_runs_all_recovery_steps) {
    function.mount();
    const auto die = [&](UsbBus& bus, TaskGroup& tasks) -> awaitable<void> {
        function.enable();
        function.always(2, EIO);
        bus.enabled();
        co_await until([&] { return rebinds_asked == 1; });
        EXPECT_EQ(status(bus).at("reopens").to_number<int>(), 1);
        EXPECT_EQ(status(bus).at("rebinds_asked").to_number<int>(), 1);
        EXPECT_EQ(function.pending(4), 1) << "the other endpoint is not affected";
        co_await tasks.finished();
    };
    EXPECT_THROW(with_bus(die), std::runtime_error);
    EXPECT_EQ(rebinds_asked, 1);
}

TEST_F(gadget_usb_bus, rebind_recovers_endpoint) {
    function.mount();
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        function.enable();
        function.always(2, EIO);
        bus.enabled();
        co_await until([&] { return rebinds_asked == 1; });
        function.always(2, 0);
        function.disable();
        function.enable();
        bus.enabled();
        co_await until([&] { return function.pending(2) == 1; });
        co_await some_looks();
        EXPECT_EQ(function.pending(2), 1);
    });
}

TEST_F(gadget_usb_bus, reopen_finds_covering_mount) {
    function.mount();
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        function.enable();
        bus.enabled();
        co_await until([&] { return function.pending(2) == 1 && function.pending(4) == 1; });
        function.disable();
        function.mount_again();
        function.enable();
        bus.enabled();
        co_await until([&] { return function.pending(2) == 1 && function.pending(4) == 1; });
        EXPECT_EQ(status(bus).at("reopens").to_number<int>(), 1);
        EXPECT_EQ(rebinds_asked, 0);
    });
}

TEST_F(gadget_usb_bus, absent_files_cause_no_recovery_steps) {
    with_bus([&](UsbBus& bus, TaskGroup&) -> awaitable<void> {
        function.enable();
        bus.enabled();
        co_await some_looks();
        EXPECT_EQ(rebinds_asked, 0);
        EXPECT_EQ(status(bus).at("reopens").to_number<int>(), 0);
        function.mount();
        co_await until([&] { return function.pending(2) == 1 && function.pending(4) == 1; });
    });
}

/// The complete gadget, as over the loopback bus.
class gadget_over_usb : public GadgetTest {
protected:
    gadget_over_usb() { function.mount(); }

    std::unique_ptr<Bus> make_bus(const asio::any_io_executor& executor) override {
        const UsbSettings usb{directory.path() / "ffs", 3ms};
        return std::make_unique<UsbBus>(executor, usb, function.kernel(), function.ask());
    }
    void plug_in() {
        function.enable();
        registrar->raise();
    }
    void pull() {
        function.disable();
        registrar->lower();
    }
    /// Sends in packets, ended by an empty one, as hosts do.
    void ask(std::uint8_t number, const Bytes& payload) {
        const auto frame = encode(FrameType::request, id(number), payload);
        for (std::size_t at = 0; at < frame.size(); at += 512)
            function.send(2, {frame.begin() + static_cast<std::ptrdiff_t>(at),
                              frame.begin() + static_cast<std::ptrdiff_t>(std::min(at + 512, frame.size()))});
        function.send(2, {});
    }
    /// Returns the next frame that the host reads from the sign interface.
    awaitable<Frame> next() {
        co_await until([this] { return !function.received(1).empty(); });
        std::optional<Frame> frame;
        decoder.feed(function.received(1).front(), [&](Frame whole) { frame = std::move(whole); });
        function.received(1).erase(function.received(1).begin());
        co_return frame.value_or(Frame{});
    }
    awaitable<void> signs_once(std::uint8_t number) {
        ask(number, signing(number));
        EXPECT_EQ((co_await next()).type, FrameType::accept);
        const auto answer = co_await next();
        EXPECT_EQ(answer.id, id(number));
        EXPECT_TRUE(signs(decode_response(answer.payload).value_or(Response{}), number));
    }

    FakeFunction function{directory.path() / "ffs"};
    FrameDecoder decoder;
};

TEST_F(gadget_over_usb, hundred_sessions_sign_and_leak_nothing) {
    with_gadget([&]() -> awaitable<void> {
        boost::json::object first, last;
        for (std::uint8_t session = 1; session <= 100; ++session) {
            plug_in();
            EXPECT_EQ((co_await next()).type, FrameType::retry);
            co_await signs_once(session);
            pull();
            auto reader = co_await status();
            co_await reader.next_with("state", "waiting");
            co_await pause_over();
            (session == 1 ? first : last) = process_status();
        }
        EXPECT_EQ(first.at("descriptors"), last.at("descriptors"));
        EXPECT_EQ(co_await count("packets_dropped"), 0);
        EXPECT_EQ(co_await count("frames_dropped"), 0);
    });
}

TEST_F(gadget_over_usb, suspend_without_transfer_end_loses_no_packet) {
    with_gadget([&]() -> awaitable<void> {
        plug_in();
        EXPECT_EQ((co_await next()).type, FrameType::retry);
        registrar->lower();
        auto reader = co_await status();
        co_await reader.next_with("state", "waiting");
        registrar->raise();
        EXPECT_EQ((co_await next()).type, FrameType::retry);
        co_await signs_once(1);
        EXPECT_EQ(co_await count("packets_dropped"), 0);
    });
}

TEST_F(gadget_over_usb, waits_for_late_mount) {
    for (int endpoint = 1; endpoint <= 4; ++endpoint)
        std::filesystem::remove(function.file(endpoint));
    with_gadget([&]() -> awaitable<void> {
        plug_in();
        auto reader = co_await status();
        co_await reader.next_with("state", "enabled");
        function.mount();
        EXPECT_EQ((co_await next()).type, FrameType::retry);
        co_await signs_once(1);
    });
}

TEST_F(gadget_over_usb, dead_endpoint_requests_rebind) {
    with_gadget([&]() -> awaitable<void> {
        stream_protocol::acceptor listener{co_await asio::this_coro::executor,
                                           stream_protocol::endpoint{enabled.string()}};
        function.always(2, EIO);
        function.enable();
        auto link = co_await listener.async_accept(use_awaitable);
        co_await write(link, "E");
        EXPECT_EQ(co_await read_bytes(link, 1), "R");
        function.always(2, 0);
        co_await write(link, "E");
        co_await until([&] { return function.pending(2) == 1; });
        EXPECT_EQ(co_await count("rebinds_asked"), 1);
    });
}

TEST_F(gadget_over_usb, stop_releases_endpoints) {
    with_gadget([&]() -> awaitable<void> {
        plug_in();
        EXPECT_EQ((co_await next()).type, FrameType::retry);
        co_await until([&] { return function.pending(2) == 1; });
        gadget_tasks->cancel();
        EXPECT_FALSE(co_await gadget_tasks->join());
        EXPECT_EQ(function.pending(2), 0);
        EXPECT_EQ(function.pending(4), 0);
    });
}

}  // namespace
}  // namespace revenant::gadget
