#pragma once

#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <thread>

#include "common/async/asio.hpp"
#include "host/channel/channel.hpp"

namespace revenant::test {

/// A host program that keeps one interface, on a thread of its own: claims it whenever it can, repeats what was lost.
/// Any thread may ask.
class Client {
public:
    static constexpr std::chrono::milliseconds patience{60'000};

    /// Opens the link to one interface of a device.
    using OpenLink = std::function<std::unique_ptr<host::Link>(const asio::any_io_executor&)>;

    /// The cable is plugged in from here on, and again within about a second when someone pulls it.
    explicit Client(const OpenLink& open);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();  ///< what is still asked ends with an exception; the interface is released

    std::future<host::Answer> ask(Request request, std::chrono::milliseconds deadline = patience);

    /// Asks and waits. Throws std::runtime_error when what comes is no answer, or not the one that was expected.
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

/// The link was lost, and with it what became of a request that is not repeated by itself.
class OutcomeUnknown : public std::runtime_error {
public:
    OutcomeUnknown() : std::runtime_error{"a request was not answered: it may have been done"} {}
};

/// Waits for an answer; throws OutcomeUnknown, or std::runtime_error when it is late or none.
Response response_of(std::future<host::Answer> answer);

/// The error code in a response; nothing when it is none.
std::optional<ErrorCode> error_of(const Response& response);

}  // namespace revenant::test
