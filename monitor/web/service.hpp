#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "common/http/connection.hpp"
#include "common/http/host_names.hpp"
#include "monitor/state/health_registry.hpp"
#include "monitor/web/access.hpp"
#include "monitor/web/request_target.hpp"
#include "monitor/web/viewer.hpp"

namespace revenant::monitor {

/// How long a client may take, and how many there may be. Beyond the streams 128 connections are open.
struct WebLimits {
    StreamLimits streams{};
    StreamPace pace{};
    http::Limits http = limits_of(streams);

    static constexpr http::Limits limits_of(const StreamLimits& streams) {
        http::Limits limits;
        limits.connections = streams.total + 128;
        limits.idle = std::chrono::milliseconds{15'000};
        limits.stopping = std::chrono::milliseconds{2'000};
        return limits;
    }
};

/// A sentence as a response.
http::Reply text_reply(http::Status status, const std::string& sentence);

/// Answers requests from the state that is known. One thread.
class Service : public http::App {
public:
    Service(const HealthRegistry& registry, Hub& hub, const Access& access, std::function<std::size_t()> connections,
            const StreamPace& pace, http::HostNames names = {})
        : registry_{registry},
          hub_{hub},
          access_{access},
          connections_{std::move(connections)},
          pace_{pace},
          names_{std::move(names)} {}

    awaitable<http::Reply> answer(http::Request request) override { co_return reply_to(request); }
    http::Reply reject(const http::Rejection& rejection) override;

    [[nodiscard]] http::Reply reply_to(const http::Request& request);

private:
    [[nodiscard]] std::optional<http::Reply> refusal(const http::Request& request) const;
    [[nodiscard]] http::Reply reply_with(const RequestTarget& target, const http::Request& request);
    [[nodiscard]] http::Reply events(const http::Request& request);
    [[nodiscard]] http::Reply metrics() const;
    [[nodiscard]] http::Reply ready(bool verbose) const;
    [[nodiscard]] static http::Reply file(const std::string& name, std::string_view none_match);

    const HealthRegistry& registry_;
    Hub& hub_;
    const Access& access_;
    std::function<std::size_t()> connections_;
    const StreamPace& pace_;
    http::HostNames names_;
};

}  // namespace revenant::monitor
