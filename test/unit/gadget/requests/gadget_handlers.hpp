#pragma once

#include <optional>

#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::test {

using namespace gadget;

inline UnlockRequest unlock_request(std::vector<std::string> ids, std::string_view with) {
    return {std::move(ids), with.empty() ? Secret{} : secret(with)};
}

/// Handlers for a device, with one worker of each kind and one queue slot.
class HandlersTest : public Device {
protected:
    using Answer = std::shared_ptr<std::optional<Response>>;

    template <typename Body>
    void with_handlers(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            Workers signers{executor, 1, 1};
            Workers managers{executor, 1, 1};
            WriteAhead write_ahead{executor, keys, [] {}, {1ms, 1ms}};
            Handlers handlers{*store, keys, log, signers, managers, write_ahead, counters};
            background = &write_ahead;
            subject = &handlers;
            jobs = &managers;
            co_await body();
            gate.open();
            co_await managers.drained();
        });
    }
    Answer ask(Request request, Interface interface = Interface::management) {
        auto answer = std::make_shared<std::optional<Response>>();
        subject->handle(interface, std::move(request), [answer](const Response& response) {
            EXPECT_FALSE(*answer) << "answered twice";
            *answer = response;
        });
        return answer;
    }
    awaitable<Response> answer_to(Request request, Interface interface = Interface::management) {
        const auto answer = ask(std::move(request), interface);
        co_await until([&] { return answer->has_value(); });
        co_return **answer;
    }
    /// The error code of an answer that must arrive at once.
    std::uint32_t code_of(Request request, Interface interface = Interface::management) {
        const auto answer = ask(std::move(request), interface);
        return *answer ? code(**answer) : 9999;
    }

    Counters counters;
    Handlers* subject = nullptr;
    Workers* jobs = nullptr;
    WriteAhead* background = nullptr;
};

}  // namespace revenant::test
