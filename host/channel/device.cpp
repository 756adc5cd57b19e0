#include "host/channel/device.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "common/core/visible.hpp"
#include "host/channel/link_errors.hpp"
#include "host/channel/refusal.hpp"
#include "host/link/loopback_link.hpp"
#include "host/link/usb_context.hpp"
#include "host/link/usb_link.hpp"

namespace revenant::host {
namespace {

constexpr auto max_deadline_seconds = 3600;

}  // namespace

std::optional<std::chrono::milliseconds> chosen_deadline(const Options& options) {
    if (options.text("deadline").empty())
        return std::nullopt;
    return std::chrono::seconds{options.number("deadline", 1, max_deadline_seconds)};
}

bool on_loopback(const Options& options) {
    return options.text("bus") == "loopback";
}

std::unique_ptr<Link> open_link(const asio::any_io_executor& executor, const Options& options, Interface interface) {
    if (!on_loopback(options)) {
        const auto selection = usb_selection(options);
        const auto devices = usb_devices(selection);
        if (devices.size() > 1)
            throw ambiguous_error(devices, selection);
        return std::make_unique<UsbLink>(open_usb(executor), selection, interface);
    }
    return open_loopback(executor, options.text("run-dir"), interface);
}

std::unique_ptr<Link> open_loopback(const asio::any_io_executor& executor, const std::filesystem::path& run_directory,
                                    Interface interface) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(run_directory, ignored))
        throw Error{Fault::no_device,
                    fmt::format("there is no run directory '{}': start the device's programs, or name theirs with "
                                "--run-dir",
                                run_directory.string())};
    return std::make_unique<LoopbackLink>(executor, run_directory, interface);
}

std::shared_ptr<UsbBus> open_usb(const asio::any_io_executor& executor) {
    return std::make_shared<UsbBus>(executor, std::make_unique<UsbContext>(executor));
}

UsbSelection usb_selection(const Options& options) {
    const auto id = [&](const char* name) {
        if (const auto number = usb_id(options.text(name)))
            return *number;
        throw usage_error(fmt::format("the setting {} is '{}' ({}): expected a USB id like 0x9997, or its decimal",
                                      name, visible(options.text(name)), options.origin(name)));
    };
    UsbSelection selection;
    selection.vendor = id("vendor-id");
    selection.product = id("product-id");
    selection.serial = options.text("serial");
    return selection;
}

Error no_answer(const Options& options, const Link& link, const DeviceChannel& channel, Interface interface,
                std::chrono::milliseconds deadline) {
    const auto fault = channel.fault();
    if (!fault)
        return timeout_error(link.serial(), deadline);
    if (on_loopback(options))
        return loopback_error(*fault, link.serial(), interface);
    return usb_error(*fault, link.serial(), usb_selection(options), interface);
}

std::string Device::serial() const {
    if (link_)
        return link_->serial();
    return options_.text(on_loopback(options_) ? "run-dir" : "serial");
}

awaitable<Answer> Device::ask_raw(const Request& request) {
    if (!channel_) {
        const auto executor = co_await asio::this_coro::executor;
        link_ = open_link(executor, options_, interface_);
        channel_.emplace(executor, *link_);
        group_.spawn(channel_->run());
    }
    co_return co_await channel_->ask(request, chosen_deadline(options_).value_or(usual_deadline(request)));
}

awaitable<Response> Device::exchange(const Request& request) {
    auto answer = co_await ask_raw(request);
    switch (answer.outcome) {
        case Answer::Outcome::answered:
            if (const auto* error = std::get_if<ErrorResponse>(&answer.response))
                throw refusal(*error);
            co_return std::move(answer.response);
        case Answer::Outcome::late:
            throw no_answer(options_, *link_, *channel_, interface_,
                            chosen_deadline(options_).value_or(usual_deadline(request)));
        case Answer::Outcome::unknown:
            throw Error{Fault::unknown_outcome,
                        "the device restarted or fell silent before it confirmed, so the outcome is unknown: compare "
                        "the state that it shows now, and repeat the command only if it was not done"};
        case Answer::Outcome::unreadable:
            throw bad_answer();
        case Answer::Outcome::refused:
            break;
    }
    throw Error{Fault::busy, "too many requests are waiting for the device: ask fewer at a time"};
}

}  // namespace revenant::host
