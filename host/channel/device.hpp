#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "common/async/task_group.hpp"
#include "common/service/options.hpp"
#include "common/wire/message.hpp"
#include "host/channel/channel.hpp"
#include "host/channel/refusal.hpp"
#include "host/error/error.hpp"
#include "host/link/link.hpp"
#include "host/link/usb_bus.hpp"
#include "host/link/usb_devices.hpp"

namespace revenant::host {

/// Whether the options select the loopback bus.
bool on_loopback(const Options& options);

/// The device on USB that the options select. Throws Error if they are invalid.
UsbSelection usb_selection(const Options& options);

/// The USB of this machine, for all devices of a program. Throws std::runtime_error if it cannot be used.
std::shared_ptr<UsbBus> open_usb(const asio::any_io_executor& executor);

/// The link to the device that the options name. Throws Error where it cannot exist.
std::unique_ptr<Link> open_link(const asio::any_io_executor& executor, const Options& options, Interface interface);

/// The link to the loopback device with this run directory. Throws Error if it is not there.
std::unique_ptr<Link> open_loopback(const asio::any_io_executor& executor, const std::filesystem::path& run_directory,
                                    Interface interface);

/// --deadline, in milliseconds, if it was given.
std::optional<std::chrono::milliseconds> chosen_deadline(const Options& options);

/// Why a question that was asked of `channel` had no answer within `deadline`.
Error no_answer(const Options& options, const Link& link, const DeviceChannel& channel, Interface interface,
                std::chrono::milliseconds deadline);

/// One interface of the device, for one command: opened at the first request, kept until `group` ends. Every outcome
/// but the expected answer is thrown as an Error.
class Device {
public:
    Device(TaskGroup& group, const Options& options, Interface interface)
        : group_{group}, options_{options}, interface_{interface} {}

    /// Asks, and gives the answer of the type that belongs to the question.
    template <typename Expected>
    awaitable<Expected> ask(Request request) {
        auto response = co_await exchange(request);
        if (auto* expected = std::get_if<Expected>(&response))
            co_return std::move(*expected);
        throw bad_answer();
    }

    /// The same without a judgement on the answer.
    awaitable<Answer> ask_raw(const Request& request);

    /// The name of the device in JSON.
    [[nodiscard]] std::string serial() const;

private:
    awaitable<Response> exchange(const Request& request);

    TaskGroup& group_;
    const Options& options_;
    Interface interface_;
    std::unique_ptr<Link> link_;
    std::optional<DeviceChannel> channel_;
};

}  // namespace revenant::host
