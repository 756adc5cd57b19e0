#include "monitor/health/resources.hpp"

#include <fmt/format.h>

namespace revenant::monitor {

std::vector<std::string> alarms_of(const Resources& resources, std::uint64_t connections,
                                   const ResourceLimits& limits) {
    std::vector<std::string> alarms;
    const auto descriptors = resources.all_descriptors();
    if (descriptors > connections + limits.spare_descriptors)
        alarms.push_back(fmt::format(
            "{} descriptors are open, {} more than the {} connections: possible descriptor leak, restart the monitor",
            descriptors, descriptors - connections, connections));
    if (resources.descriptor_limit > 0 && descriptors * 10 > resources.descriptor_limit * 9)
        alarms.push_back(fmt::format("{} of {} descriptors are in use: raise LimitNOFILE or lower max-streams",
                                     descriptors, resources.descriptor_limit));
    if (resources.zmq_cap > 0 && resources.zmq_open() >= resources.zmq_cap)
        alarms.push_back(fmt::format(
            "all {} ZeroMQ sockets are open, one per dependency is normal: socket leak, restart the monitor",
            resources.zmq_cap));
    if (resources.threads > limits.threads)
        alarms.push_back(fmt::format("{} threads are running, expected at most {}: restart the monitor",
                                     resources.threads, limits.threads));
    if (resources.pss_kib > limits.pss_kib)
        alarms.push_back(fmt::format("memory use is {} KiB, expected at most {}: restart the monitor",
                                     resources.pss_kib, limits.pss_kib));
    if (!resources.zmq_flood.empty())
        alarms.push_back(resources.zmq_flood);
    return alarms;
}

boost::json::object to_json(const Resources& resources) {
    boost::json::object kinds;
    for (const auto& [kind, count] : resources.descriptors)
        kinds[kind] = count;
    return {{"descriptors", resources.all_descriptors()},
            {"descriptors_by_type", std::move(kinds)},
            {"descriptor_limit", resources.descriptor_limit},
            {"threads", resources.threads},
            {"pss_kib", resources.pss_kib},
            {"resident_kib", resources.resident_kib},
            {"cpu_seconds", resources.cpu_seconds},
            {"zmq_sockets", resources.zmq_open()},
            {"zmq_opened", resources.zmq_opened},
            {"zmq_closed", resources.zmq_closed},
            {"zmq_cap", resources.zmq_cap},
            {"zmq_floods", resources.zmq_floods}};
}

}  // namespace revenant::monitor
