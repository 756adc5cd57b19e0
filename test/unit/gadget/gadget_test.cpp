#include "test/support/gadget/gadget_host.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
namespace fs = std::filesystem;

class gadget : public GadgetTest {};

TEST_F(gadget, request_outliving_session_is_answered_once) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        gate.close();
        co_await host.ask(id(1), signing(1));
        co_await host.next(FrameType::accept);
        co_await until([&] { return gate.waiting() == 1; });
        registrar->lower();
        co_await host.closed();
        co_await unplugged();
        registrar->raise();
        auto next = co_await plugged_in();
        co_await next.ask(id(1), signing(1));
        EXPECT_EQ(co_await next.next(FrameType::accept), id(1));
        gate.open();
        const auto answer = co_await next.answer(id(1));
        EXPECT_TRUE(signs(answer, 1));
        EXPECT_EQ(co_await count("requests"), 1);
        EXPECT_EQ(co_await count("repeats"), 1);
        EXPECT_EQ(co_await count("signatures"), 1);
    });
}

TEST_F(gadget, answer_waits_for_session_that_asks) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        gate.close();
        co_await host.ask(id(1), signing(1));
        co_await host.next(FrameType::accept);
        registrar->lower();
        co_await unplugged();
        registrar->raise();
        auto next = co_await plugged_in();
        gate.open();
        auto reader = co_await status();
        for (auto line = co_await reader.next(); line.at("answers_kept") != 1;) {
            reader = co_await status();
            line = co_await reader.next();
        }
        co_await next.ask(id(2), version_request);
        EXPECT_EQ(co_await next.next(FrameType::accept), id(2)) << "no frame before it";
        EXPECT_EQ(co_await next.next(FrameType::response), id(2));
        co_await next.ask(id(1), signing(1));
        EXPECT_EQ(co_await next.next(FrameType::accept), id(1));
        const auto answer = co_await next.answer(id(1));
        EXPECT_TRUE(signs(answer, 1));
        EXPECT_EQ(co_await count("signatures"), 1) << "cached, not signed again";
    });
}

TEST_F(gadget, repeat_gets_cached_answer_other_bytes_do_not) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        for (int time = 0; time < 2; ++time) {
            co_await host.ask(id(1), signing(1));
            EXPECT_EQ(co_await host.next(FrameType::accept), id(1));
            const auto answer = co_await host.answer(id(1));
            EXPECT_TRUE(signs(answer, 1));
        }
        EXPECT_EQ(co_await count("requests"), 1);
        co_await host.ask(id(1), signing(1, 7));
        co_await host.next(FrameType::accept);
        const auto conflict = co_await host.answer(id(1));
        EXPECT_EQ(code(conflict), 33U);
        EXPECT_EQ(co_await count("requests"), 2);
    });
}

TEST_F(gadget, same_id_on_other_interface_is_distinct) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto signer = co_await plugged_in();
        auto manager = co_await plugged_in("ep-management.sock");
        const auto request = encode(Request{InitInfoRequest{}});
        co_await signer.ask(id(1), request);
        co_await signer.next(FrameType::accept);
        const auto misplaced = co_await signer.answer(id(1));
        EXPECT_EQ(code(misplaced), 98U);
        co_await manager.ask(id(1), request);
        co_await manager.next(FrameType::accept);
        const auto info = co_await manager.answer(id(1));
        EXPECT_TRUE(std::get<InitInfoResponse>(info).master_present);
        EXPECT_EQ(co_await count("requests"), 2);
    });
}

TEST_F(gadget, invalid_request_and_temporary_error_not_cached) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        co_await host.ask(id(1), Bytes(10, 0xff));
        co_await host.next(FrameType::accept);
        auto answer = co_await host.answer(id(1));
        EXPECT_EQ(code(answer), 1U);
        const auto open = keys.remove("a");
        co_await host.ask(id(2), signing(1));
        co_await host.next(FrameType::accept);
        answer = co_await host.answer(id(2));
        EXPECT_EQ(code(answer), 32U);
        keys.add(open);
        co_await host.ask(id(2), signing(1));
        co_await host.next(FrameType::accept);
        answer = co_await host.answer(id(2));
        EXPECT_TRUE(signs(answer, 1)) << "the same request after the key was unlocked";
    });
}

TEST_F(gadget, busy_answer_is_not_cached) {
    settings.management_queue = 0;
    const auto unlocking = encode(Request{UnlockRequest{{"a"}, secret(passphrase)}});
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto manager = co_await plugged_in("ep-management.sock");
        gate.close();
        co_await manager.ask(id(1), unlocking);
        co_await manager.next(FrameType::accept);
        co_await until([&] { return gate.waiting() == 1; });
        co_await manager.ask(id(2), unlocking);
        co_await manager.next(FrameType::accept);
        auto answer = co_await manager.answer(id(2));
        EXPECT_EQ(code(answer), 99U);
        gate.open();
        answer = co_await manager.answer(id(1));
        EXPECT_TRUE(std::holds_alternative<UnlockResponse>(answer));
        co_await manager.ask(id(2), unlocking);
        co_await manager.next(FrameType::accept);
        answer = co_await manager.answer(id(2));
        EXPECT_TRUE(std::holds_alternative<UnlockResponse>(answer)) << "the same request when the worker is free";
    });
}

/// Two at once could exceed the memory of a small board.
TEST_F(gadget, one_passphrase_is_checked_at_a_time) {
    const auto unlocking = encode(Request{UnlockRequest{{"a"}, secret(passphrase)}});
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto manager = co_await plugged_in("ep-management.sock");
        gate.close();
        for (const auto number : {std::uint8_t{1}, std::uint8_t{2}}) {
            co_await manager.ask(id(number), unlocking);
            co_await manager.next(FrameType::accept);
        }
        co_await until([&] { return gate.waiting() >= 1; });
        for (int turn = 0; turn < 20; ++turn) {
            EXPECT_EQ(co_await count("jobs"), 2);
            EXPECT_EQ(gate.waiting(), 1U) << "the second one waits for the first";
        }
        gate.open();
        co_await manager.answer(id(1));
        co_await manager.answer(id(2));
    });
}

TEST_F(gadget, host_that_never_reads_does_not_block) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto deaf = co_await plugged_in();
        auto manager = co_await plugged_in("ep-management.sock");
        deaf.link().non_blocking(true);
        const auto frame = encode(FrameType::request, id(1), version_request);
        std::size_t sent = 0;
        for (int stuck = 0; stuck < 50;) {  // until writes are blocked
            error_code failed;
            sent += asio::write(deaf.link(), asio::buffer(frame), failed);
            stuck = failed ? stuck + 1 : 0;
            co_await settle();
        }
        EXPECT_LT(sent, 2U << 20);
        EXPECT_GT(sent, 1U << 10);
        co_await manager.ask(id(2), version_request);
        EXPECT_EQ(co_await manager.next(FrameType::accept), id(2));
        registrar->lower();
        co_await unplugged();
    });
}

TEST_F(gadget, stop_answers_running_and_rejects_new) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        gate.close();
        co_await host.ask(id(1), signing(1));
        co_await host.next(FrameType::accept);
        co_await until([&] { return gate.waiting() == 1; });
        gadget_tasks->cancel();
        co_await settle();
        co_await host.ask(id(2), version_request);
        EXPECT_EQ(co_await host.next(FrameType::accept), id(2));
        const auto refused = co_await host.answer(id(2));
        EXPECT_EQ(code(refused), 99U);
        gate.open();
        const auto answer = co_await host.answer(id(1));
        EXPECT_TRUE(signs(answer, 1));
        EXPECT_FALSE(co_await gadget_tasks->join());
        co_await host.closed();
        EXPECT_FALSE(fs::exists(run_dir / "gadget" / "ep-sign.sock"));
    });
}

TEST_F(gadget, stop_leaves_marks_at_rest) {
    use_reserve(4);
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        co_await host.ask(id(1), signing(7));
        co_await host.next(FrameType::accept);
        const auto answer = co_await host.answer(id(1));
        EXPECT_TRUE(signs(answer, 7));
        gadget_tasks->cancel();
        EXPECT_FALSE(co_await gadget_tasks->join());
    });
    EXPECT_EQ(highest_mark_after_reopening(), 7);
}

// P7: a job does not end in time, so no flag is written behind it.
TEST_F(gadget, stop_with_running_job_writes_nothing_at_rest) {
    use_reserve(4);
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        co_await host.ask(id(1), signing(7));
        co_await host.next(FrameType::accept);
        co_await host.answer(id(1));
        gate.close();
        co_await host.ask(id(2), signing(20));
        co_await until([&] { return gate.waiting() == 1; });
        gadget_tasks->cancel();
        EXPECT_FALSE(co_await gadget_tasks->join());
        EXPECT_EQ(gate.waiting(), 1U);
        gate.open();
    });
    EXPECT_EQ(highest_mark_after_reopening(), 24) << "the reserve of the job that ended late";
}

TEST_F(gadget, stop_waits_at_most_1_5_s_for_a_job) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        gate.close();
        co_await host.ask(id(1), signing(1));
        co_await until([&] { return gate.waiting() == 1; });
        gadget_tasks->cancel();
        co_await settle();
        co_await turn_clock(1s);
        EXPECT_TRUE(fs::exists(run_dir / "gadget" / "ep-sign.sock")) << "it still waits";
        co_await turn_clock(500ms);
        EXPECT_FALSE(co_await gadget_tasks->join());  // without a limit it would not return
        gate.open();                                  // the job ends during the gadget's destruction
    });
}

TEST_F(gadget, pipe_creation_failure_ends_gadget) {
    fs::create_directories(run_dir / "gadget" / "ep-management.sock");
    EXPECT_THROW(with_gadget([&]() -> awaitable<void> {
                     registrar->raise();
                     co_await gadget_tasks->finished();
                 }),
                 std::runtime_error);
}

}  // namespace
}  // namespace revenant::gadget
