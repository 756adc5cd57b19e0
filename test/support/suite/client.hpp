#pragma once

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "common/async/asio.hpp"
#include "host/channel/channel.hpp"

namespace revenant::test {

/// A host client of one interface, on its own thread. Claims the interface whenever possible and repeats lost requests.
/// Any thread may call ask().
class Client {
public:
    static constexpr std::chrono::milliseconds patience{60'000};

    /// Opens the link to one interface of a device.
    using OpenLink = std::function<std::unique_ptr<host::Link>(const asio::any_io_executor&)>;

    /// Plugs the cable in, and again within about 1 s after an unplug.
    explicit Client(const OpenLink& open);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();  ///< pending requests end with an exception; the interface is released

    std::future<host::Answer> ask(Request request, std::chrono::milliseconds deadline = patience);

    /// Sends the request and waits. Throws std::runtime_error without a response; expect() also on another type.
    Response response(Request request);
    template <typename Expected>
    Expected expect(Request request) {
        auto any = response(std::move(request));
        if (auto* expected = std::get_if<Expected>(&any))
            return std::move(*expected);
        throw std::runtime_error{unexpected(any)};
    }

private:
    struct Asked {
        Request request;
        std::chrono::milliseconds deadline;
        std::promise<host::Answer> promise{};
    };

    awaitable<void> live();
    awaitable<void> carry_out(std::shared_ptr<Asked> asked);
    static std::string unexpected(const Response& response);

    asio::io_context io_{1};
    asio::cancellation_signal stop_;
    std::unique_ptr<host::Link> link_;
    host::DeviceChannel channel_;
    TaskGroup* tasks_ = nullptr;
    std::thread thread_;
};

/// The link was lost during a request that is not repeated automatically.
class OutcomeUnknown : public std::runtime_error {
public:
    OutcomeUnknown() : std::runtime_error{"a request got no response: it may have been executed"} {}
};

/// Waits for the response. Throws OutcomeUnknown, or std::runtime_error on a timeout or another outcome.
Response response_of(std::future<host::Answer> answer);

/// The error code of an ErrorResponse; else nothing.
std::optional<ErrorCode> error_of(const Response& response);

}  // namespace revenant::test
