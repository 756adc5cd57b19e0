#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/metrics/process.hpp"

/// The monitor's own resource use.
namespace revenant::monitor {

struct Resources : ProcessUsage {
    std::uint64_t zmq_opened = 0, zmq_closed = 0, zmq_cap = 0;
    std::uint64_t zmq_floods = 0;  ///< how often all ZeroMQ sockets were closed because a peer filled the memory
    std::string zmq_flood{};       ///< describes the last flood, while it is recent; else empty
    [[nodiscard]] std::uint64_t zmq_open() const { return zmq_opened - zmq_closed; }
};

/// Limits above which alarms_of() returns a message. `connections`: open HTTP connections, one descriptor each.
struct ResourceLimits {
    std::uint64_t threads = 8;
    std::uint64_t pss_kib = 64 * 1024;
    std::uint64_t spare_descriptors = 96;  ///< beyond one for each connection
};
std::vector<std::string> alarms_of(const Resources& resources, std::uint64_t connections, const ResourceLimits& limits);

boost::json::object to_json(const Resources& resources);

}  // namespace revenant::monitor
