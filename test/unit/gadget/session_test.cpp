#include "common/metrics/process.hpp"
#include "test/support/gadget/gadget_host.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
namespace fs = std::filesystem;

class gadget_session : public GadgetTest {};

TEST_F(gadget_session, enable_starts_session_disable_closes_pipes) {
    with_gadget([&]() -> awaitable<void> {
        co_await settle();
        EXPECT_FALSE(fs::exists(run_dir / "gadget" / "ep-sign.sock"));
        std::optional<MessageId> name;
        for (int session = 1; session <= 3; ++session) {
            registrar->raise();
            auto signer = co_await plugged_in();
            EXPECT_EQ(name.value_or(process_name), process_name) << "same process";
            name = process_name;
            auto manager = co_await plugged_in("ep-management.sock");
            EXPECT_EQ(process_name, *name);
            co_await signer.ask(id(1), version_request);
            EXPECT_EQ(co_await signer.next(FrameType::accept), id(1));
            const auto answer = co_await signer.answer(id(1));
            EXPECT_TRUE(std::holds_alternative<VersionResponse>(answer));
            registrar->lower();
            co_await signer.closed();
            co_await manager.closed();
            co_await unplugged();
            co_await unplugged("ep-management.sock");
        }
        EXPECT_NE(*name, MessageId{});
        EXPECT_EQ(co_await count("sessions"), 3);
    });
}

TEST_F(gadget_session, second_enable_starts_session_on_same_pipes) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        registrar->send('E');
        EXPECT_EQ(co_await host.next(FrameType::retry), process_name);
        EXPECT_EQ(co_await count("sessions"), 2);
    });
}

TEST_F(gadget_session, enable_right_after_disable_is_not_missed) {
    with_gadget([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        for (int turns = 0; turns < 20; ++turns) {
            registrar->raise();
            auto host = co_await plugged_in();
            registrar->lower();
            for (int turn = 0; turn < turns; ++turn)
                co_await asio::post(executor, use_awaitable);
            registrar->raise();
            co_await pause_over();
            co_await host.closed();
            auto next = co_await plugged_in();
            registrar->lower();
            co_await pause_over();
            co_await next.closed();
            co_await unplugged();
        }
    });
}

TEST_F(gadget_session, partial_frame_before_disable_is_dropped) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        auto half = encode(FrameType::request, id(9), Bytes(100'000));
        half.resize(100);
        co_await host.send(half);
        co_await settle();
        registrar->lower();
        co_await unplugged();
        registrar->raise();
        auto next = co_await plugged_in();
        co_await next.ask(id(1), version_request);
        EXPECT_EQ(co_await next.next(FrameType::accept), id(1));
    });
}

TEST_F(gadget_session, partial_frame_of_dead_host_is_dropped) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        {
            auto host = co_await plugged_in();
            auto half = encode(FrameType::request, id(9), Bytes(100'000));
            half.resize(100);
            co_await host.send(half);
        }
        auto link = co_await connect(run_dir / "gadget" / "ep-sign.sock");
        Host next{std::move(link)};
        co_await next.ask(id(1), version_request);
        EXPECT_EQ(co_await next.next(FrameType::accept), id(1));
        EXPECT_EQ(co_await count("partial_dropped"), 1);
    });
}

TEST_F(gadget_session, registrar_exit_ends_session_keeps_pipes) {
    with_gadget([&]() -> awaitable<void> {
        std::optional<Host> host;
        {
            stream_protocol::acceptor dying{co_await asio::this_coro::executor,
                                            stream_protocol::endpoint{enabled.string()}};
            auto link = co_await dying.async_accept(use_awaitable);
            co_await write(link, "E");
            auto plugged = co_await plugged_in();
            host.emplace(std::move(plugged));
        }
        EXPECT_TRUE(fs::exists(enabled));
        auto reader = co_await status();
        co_await reader.next_with("state", "waiting");
        co_await settle();
        EXPECT_TRUE(fs::exists(run_dir / "gadget" / "ep-sign.sock"));
        co_await host->ask(id(1), version_request);
        registrar->raise();
        EXPECT_EQ(co_await host->next(FrameType::retry), process_name);
        EXPECT_EQ(co_await host->next(FrameType::accept), id(1)) << "the packet was held for the next session";
    });
}

TEST_F(gadget_session, heartbeat_runs_during_session) {
    with_gadget([&]() -> awaitable<void> {
        stream_protocol::acceptor liveness{co_await asio::this_coro::executor,
                                           stream_protocol::endpoint{(run_dir / "liveness/heartbeat.sock").string()}};
        registrar->raise();
        auto link = co_await liveness.async_accept(use_awaitable);
        EXPECT_EQ((co_await read_bytes(link, 1)).size(), 1U);
        registrar->lower();
        co_await read_to_end(link);
    });
}

TEST_F(gadget_session, hundred_sessions_leak_nothing) {
    with_gadget([&]() -> awaitable<void> {
        boost::json::object first, last;
        for (int session = 0; session <= 100; ++session) {
            registrar->raise();
            auto host = co_await plugged_in();
            co_await host.ask(id(static_cast<std::uint8_t>(session)), signing(static_cast<std::uint32_t>(session)));
            EXPECT_EQ((co_await host.next(FrameType::accept))[0], session);
            co_await host.next(FrameType::response);
            registrar->lower();
            co_await pause_over();
            co_await host.closed();
            co_await unplugged();
            co_await unplugged("ep-management.sock");
            co_await settle();
            (session == 0 ? first : last) = process_status();
        }
        EXPECT_EQ(first.at("descriptors"), last.at("descriptors"));
        EXPECT_EQ(first.at("threads"), last.at("threads"));
        EXPECT_EQ(co_await count("sessions"), 101);
    });
}

}  // namespace
}  // namespace revenant::gadget
