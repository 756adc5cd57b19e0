#include "host/device.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "host/loopback_link.hpp"
#include "host/output.hpp"

namespace revenant::host {
namespace {

constexpr auto longest_deadline_seconds = 3600;

Failure refusal(const ErrorResponse& error) {
    const auto code = static_cast<std::uint32_t>(error.code);
    const bool passphrase = error.code == ErrorCode::throttled || error.code == ErrorCode::delete_throttled ||
                            error.code == ErrorCode::delete_wrong_passphrase || blames_passphrase(error.message);
    return {passphrase ? Exit::passphrase : Exit::refused, passphrase ? "passphrase" : "refused",
            fmt::format("the device refused (error {}): {}", code, printable(error.message)), code};
}

}  // namespace

std::optional<std::chrono::milliseconds> chosen_deadline(const Options& options) {
    if (options.text("deadline").empty())
        return std::nullopt;
    return std::chrono::seconds{options.number("deadline", 1, longest_deadline_seconds)};
}

bool blames_passphrase(const std::string& error) {
    const auto has = [&](const char* words) { return error.find(words) != std::string::npos; };
    return has("passphrase") && (has("wrong") || has("too many"));
}

std::unique_ptr<Link> open_link(const asio::any_io_executor& executor, const Options& options, Interface interface) {
    const std::filesystem::path run_directory{options.text("run-dir")};
    std::error_code ignored;
    if (!std::filesystem::is_directory(run_directory, ignored))
        throw Failure{Exit::no_device, "no_device",
                      fmt::format("there is no run directory '{}': start the device's programs, or name theirs with "
                                  "--run-dir",
                                  run_directory.string())};
    return std::make_unique<LoopbackLink>(executor, run_directory, interface);
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
            throw no_answer(chosen_deadline(options_).value_or(usual_deadline(request)));
        case Answer::Outcome::unknown:
            throw Failure{Exit::unknown, "outcome_unknown",
                          "the device restarted or fell silent before it confirmed, so the outcome is unknown: compare "
                          "the state that it shows now, and repeat the command only if it was not done"};
        case Answer::Outcome::unreadable:
            throw Failure{Exit::failed, "bad_answer",
                          "the device's answer cannot be read: update revenant on both ends"};
        case Answer::Outcome::refused:
            break;
    }
    throw Failure{Exit::failed, "too_many", "too many requests are waiting for the device: ask fewer at a time"};
}

Failure Device::no_answer(std::chrono::milliseconds deadline) const {
    using Trouble = DeviceChannel::Trouble;
    const auto failure = [&](const char* code, const std::string& sentence) {
        return Failure{Exit::no_device, code, sentence};
    };
    const auto device = link_->serial();
    switch (channel_->trouble()) {
        case Trouble::absent:
            return failure("no_device", fmt::format("no device is on the cable at '{}': start the device's programs, "
                                                    "or name their directory with --run-dir",
                                                    device));
        case Trouble::not_ready:
            return failure("not_ready", fmt::format("the device at '{}' is plugged in, but no gadget is alive behind "
                                                    "it: look at the gadget's log, or wait longer with --deadline",
                                                    device));
        case Trouble::silent:
            return failure("silent", fmt::format("the device at '{}' does not answer on its control endpoint: restart "
                                                 "its registrar",
                                                 device));
        case Trouble::foreign:
            return failure("foreign", fmt::format("what answers at '{}' is no signing device of protocol version 1: "
                                                  "check --run-dir, or update revenant on both ends",
                                                  device));
        case Trouble::held:
            return failure("held", fmt::format("another program holds the {} interface of the device at '{}': end it, "
                                               "or wait longer with --deadline",
                                               name(interface_), device));
        case Trouble::none:
            break;
    }
    return failure("no_answer",
                   fmt::format("the device at '{}' did not answer within {} s: look at the gadget's log, or wait "
                               "longer with --deadline",
                               device, static_cast<double>(deadline.count()) / 1000));
}

}  // namespace revenant::host
