// The command bench: signatures (or status answers) per second, and the latency of each.
#include <fmt/format.h>

#include "host/channel/key_id.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/load.hpp"
#include "host/cli/report.hpp"
#include "host/text/printable.hpp"

namespace revenant::host {
namespace {

constexpr std::int64_t max_requests = 10'000'000;
using Clock = std::chrono::steady_clock;

std::vector<std::string> ids_in(const std::string& list) {
    std::vector<std::string> ids;
    for (std::size_t at = 0; at < list.size();) {
        const auto comma = std::min(list.find(',', at), list.size());
        ids.push_back(key_id(list.substr(at, comma - at)));
        at = comma + 1;
    }
    return ids;
}

/// Sends one request after the other until there are no more.
awaitable<void> ask_all(Device& device, Load& load) {
    while (const auto request = load.next()) {
        const auto begin = Clock::now();
        const auto answer = co_await device.ask_raw(*request);
        const auto latency = Clock::now() - begin;
        const auto* error = std::get_if<ErrorResponse>(&answer.response);
        if (answer.outcome != Answer::Outcome::answered) {
            load.refused("no answer within the deadline");
            load.give_up();
        } else if (error != nullptr) {
            load.refused(
                fmt::format("error {}: {}", static_cast<std::uint32_t>(error->code), printable(error->message)));
        } else {
            load.answered(latency);
        }
    }
}

awaitable<Report> measure(const Call& call, Device& device) {
    const auto count = static_cast<std::size_t>(call.options.number("count", 1, max_requests));
    const auto in_flight = call.options.number("in-flight", 1, Requests::most);
    const auto ids = ids_in(call.options.text("keys"));
    const bool with_keys = call.options.text("kind") == "sign";

    Request first = StatusRequest{};
    const auto status = co_await device.ask<StatusResponse>(std::move(first));
    std::vector<LoadKey> keys;
    if (with_keys)
        keys = load_keys(status.keys, ids);
    // The first signature on a chain creates its file, which would distort the measurement.
    Load warm_up{keys.size(), keys};
    co_await ask_all(device, warm_up);
    for (auto& key : keys)
        key.advance();

    Load load{count, std::move(keys)};
    const auto begin = Clock::now();
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        for (auto left = in_flight; left > 0; --left)
            group.spawn(ask_all(device, load));
        co_await group.finished();
    };
    co_await with_group(body);
    co_return load.report(Clock::now() - begin);
}

}  // namespace

awaitable<Report> bench(const Call& call, Device& device) {
    auto measuring = measure(call, device);
    co_return co_await call.progress.during("measuring", std::move(measuring));
}

}  // namespace revenant::host
