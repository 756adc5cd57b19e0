#include "test/support/suite/client.hpp"

#include <stdexcept>

#include <boost/asio/post.hpp>

namespace revenant::test {

Client::Client(const OpenLink& open) : link_{open(io_.get_executor())}, channel_{io_.get_executor(), *link_} {
    const auto on_end = [this](std::exception_ptr failure) {
        io_.stop();  // a USB link keeps an operation pending while it exists
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (const system_error& error) {
            if (error.code() != asio::error::operation_aborted)
                throw;  // terminates the test program with this message
        }
    };
    asio::co_spawn(io_, live(), asio::bind_cancellation_slot(stop_.slot(), on_end));
    thread_ = std::thread{[this] { io_.run(); }};
}

Client::~Client() {
    asio::post(io_, [this] { stop_.emit(asio::cancellation_type::terminal); });
    thread_.join();
}

awaitable<void> Client::live() {
    const auto body = [this](TaskGroup& tasks) -> awaitable<void> {
        tasks_ = &tasks;
        tasks.spawn(channel_.run());
        co_await tasks.finished();
    };
    co_await with_group(body);
}

std::future<host::Answer> Client::ask(Request request, std::chrono::milliseconds deadline) {
    const auto asked = std::make_shared<Asked>(Asked{std::move(request), deadline});
    auto answer = asked->promise.get_future();
    asio::post(io_, [this, asked] { tasks_->spawn(carry_out(asked)); });
    return answer;
}

awaitable<void> Client::carry_out(std::shared_ptr<Asked> asked) {
    try {
        asked->promise.set_value(co_await channel_.ask(asked->request, asked->deadline));
    } catch (const system_error&) {
        asked->promise.set_exception(std::current_exception());  // set_exception throws if a value was set before
    }
}

Response Client::response(Request request) {
    return response_of(ask(std::move(request)));
}

std::string Client::unexpected(const Response& response) {
    if (const auto* error = std::get_if<ErrorResponse>(&response))
        return "error " + std::to_string(static_cast<std::uint32_t>(error->code)) + ": " + error->message;
    return "unexpected response type " + std::to_string(response.index());
}

Response response_of(std::future<host::Answer> answer) {
    if (answer.wait_for(2 * Client::patience) != std::future_status::ready)
        throw std::runtime_error{"a request did not complete in time"};
    auto got = answer.get();
    if (got.outcome == host::Answer::Outcome::unknown)
        throw OutcomeUnknown{};
    if (got.outcome != host::Answer::Outcome::answered)
        throw std::runtime_error{"a request got no response: outcome " +
                                 std::to_string(static_cast<unsigned>(got.outcome))};
    return std::move(got.response);
}

std::optional<ErrorCode> error_of(const Response& response) {
    const auto* error = std::get_if<ErrorResponse>(&response);
    return error != nullptr ? std::optional{error->code} : std::nullopt;
}

}  // namespace revenant::test
