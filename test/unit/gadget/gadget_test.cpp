#include "test/support/gadget/gadget_host.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
namespace fs = std::filesystem;

class gadget : public GadgetTest {};

TEST_F(gadget, a_request_that_outlives_its_session_is_answered_in_the_next_and_done_once) {
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

TEST_F(gadget, an_answer_goes_to_no_session_that_did_not_ask_and_waits_for_the_one_that_does) {
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
        EXPECT_EQ(co_await next.next(FrameType::accept), id(2)) << "nothing else came before";
        EXPECT_EQ(co_await next.next(FrameType::response), id(2));
        co_await next.ask(id(1), signing(1));
        EXPECT_EQ(co_await next.next(FrameType::accept), id(1));
        const auto answer = co_await next.answer(id(1));
        EXPECT_TRUE(signs(answer, 1));
        EXPECT_EQ(co_await count("signatures"), 1) << "it was kept, not signed again";
    });
}

TEST_F(gadget, a_repetition_gets_the_kept_answer_and_the_same_id_with_other_bytes_is_judged_anew) {
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

TEST_F(gadget, the_same_id_on_the_other_interface_is_another_request) {
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

TEST_F(gadget, what_is_no_request_is_answered_so_and_an_error_of_the_moment_is_not_kept) {
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
        EXPECT_TRUE(signs(answer, 1)) << "the same request, the key unlocked meanwhile";
    });
}

TEST_F(gadget, a_host_that_writes_and_never_reads_disturbs_nobody) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto deaf = co_await plugged_in();
        auto manager = co_await plugged_in("ep-management.sock");
        deaf.link().non_blocking(true);
        const auto frame = encode(FrameType::request, id(1), version_request);
        std::size_t sent = 0;
        for (int stuck = 0; stuck < 50;) {  // until nothing more is taken
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

TEST_F(gadget, when_it_is_stopped_what_runs_is_answered_and_what_comes_is_busy) {
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

TEST_F(gadget, when_it_is_stopped_a_job_that_does_not_end_holds_it_up_for_1_5_s_at_most) {
    with_gadget([&]() -> awaitable<void> {
        registrar->raise();
        auto host = co_await plugged_in();
        gate.close();
        co_await host.ask(id(1), signing(1));
        co_await until([&] { return gate.waiting() == 1; });
        const auto since = std::chrono::steady_clock::now();
        gadget_tasks->cancel();
        EXPECT_FALSE(co_await gadget_tasks->join());  // without a limit it would not end
        EXPECT_GE(std::chrono::steady_clock::now() - since, 1400ms);
        gate.open();  // it ends while the gadget goes
    });
}

TEST_F(gadget, a_pipe_that_cannot_be_made_ends_it_at_once) {
    fs::create_directories(run_dir / "gadget" / "ep-management.sock");
    EXPECT_THROW(with_gadget([&]() -> awaitable<void> {
                     registrar->raise();
                     co_await gadget_tasks->finished();
                 }),
                 std::runtime_error);
}

}  // namespace
}  // namespace revenant::gadget
