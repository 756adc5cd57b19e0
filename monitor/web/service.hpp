#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "monitor/state/health_registry.hpp"
#include "monitor/web/access.hpp"
#include "monitor/web/host_names.hpp"
#include "monitor/web/hub.hpp"
#include "monitor/web/request_target.hpp"

namespace revenant::monitor {

/// A request of HTTP as far as it matters here.
struct Inquiry {
    std::string method{}, target{}, authorization{}, none_match{}, host{};
};

struct Reply {
    unsigned status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body{};
    std::vector<std::pair<std::string, std::string>> fields{};  ///< of the header, beside type and length
    bool stream = false;  ///< not this reply, but the event stream is what was asked for
};

/// A sentence as a reply.
Reply problem(unsigned status, const std::string& sentence);

/// Questions to their answers, all from what is known already. One thread.
class Service {
public:
    Service(const HealthRegistry& registry, const Hub& hub, const Access& access,
            std::function<std::size_t()> connections, HostNames names = {})
        : registry_{registry},
          hub_{hub},
          access_{access},
          connections_{std::move(connections)},
          names_{std::move(names)} {}

    [[nodiscard]] Reply answer(const Inquiry& inquiry) const;

private:
    [[nodiscard]] Reply metrics() const;
    [[nodiscard]] Reply ready(bool verbose) const;
    [[nodiscard]] static Reply file(const std::string& name, const std::string& none_match);

    const HealthRegistry& registry_;
    const Hub& hub_;
    const Access& access_;
    std::function<std::size_t()> connections_;
    HostNames names_;
};

}  // namespace revenant::monitor
