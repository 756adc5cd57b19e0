#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/metrics/process.hpp"

/// What this very process holds.
namespace revenant::monitor {

struct Resources : ProcessUsage {
    std::uint64_t zmq_opened = 0, zmq_closed = 0, zmq_cap = 0;
    std::uint64_t zmq_floods = 0;  ///< how often all of those sockets were closed, since a peer filled the memory
    std::string zmq_flood{};       ///< the last one, a sentence, for as long as it is news
    [[nodiscard]] std::uint64_t zmq_open() const { return zmq_opened - zmq_closed; }
};

/// What an operator must know, each a sentence. `connections`: of HTTP, which are descriptors by right.
struct ResourceLimits {
    std::uint64_t threads = 8;
    std::uint64_t pss_kib = 64 * 1024;
    std::uint64_t spare_descriptors = 96;  ///< beyond one for each connection
};
std::vector<std::string> alarms_of(const Resources& resources, std::uint64_t connections, const ResourceLimits& limits);

boost::json::object to_json(const Resources& resources);

}  // namespace revenant::monitor
