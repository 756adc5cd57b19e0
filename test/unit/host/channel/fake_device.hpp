#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <optional>
#include <thread>
#include <vector>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"
#include "common/wire/frame.hpp"
#include "common/wire/message.hpp"

namespace revenant::test {

/// What the fake gadget does with a request.
struct Reaction {
    std::optional<Response> response{};
    bool restart = false;  ///< instead: the pipe ends, and the next one is another process's
};

/// The device's end of the loopback bus on a thread of its own: the sockets of a registrar and of a gadget below
/// `run_directory`. The members below may be changed from any thread.
class FakeDevice {
public:
    /// `react` is called on the device's thread.
    FakeDevice(const std::filesystem::path& run_directory, std::function<Reaction(const Request&)> react);
    ~FakeDevice();

    std::atomic<std::uint8_t> ready = 1;
    std::atomic<std::uint8_t> version = 1;
    std::atomic<bool> stalls = false, mute = false;
    std::atomic<int> setups = 0, claims = 0;

    /// Ends all connections of the bus and accepts new ones, as a restarted registrar does.
    void drop_bus();

private:
    using Acceptor = stream_protocol::acceptor;
    awaitable<void> run();
    awaitable<void> serve_bus(TaskGroup& group);
    awaitable<void> answer_setups(std::list<stream_protocol::socket>::iterator host);
    awaitable<void> serve_endpoint(Acceptor& acceptor, bool& held, TaskGroup& group);
    awaitable<void> carry(stream_protocol::socket host, bool& held);
    std::vector<Bytes> answers(const Frame& frame, bool& restart);

    asio::io_context io_{1};
    std::function<Reaction(const Request&)> react_;
    Acceptor bus_, sign_, management_;
    bool sign_held_ = false, management_held_ = false;
    std::list<stream_protocol::socket> hosts_;
    MessageId process_ = random_id();
    asio::cancellation_signal stop_;
    std::thread thread_;
};

}  // namespace revenant::test
