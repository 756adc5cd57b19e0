#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/metrics/histogram.hpp"

namespace revenant::host::serve {

/// Upper bounds in seconds. 0.1 ms is below one signature, 5 s beyond the deadline.
inline const std::vector<double> signing_bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0};

/// Counters of a running server. One thread.
struct SignerMetrics {
    std::uint64_t requests = 0;                       ///< requests that were read
    std::uint64_t in_flight = 0;                      ///< requests without a response yet
    std::map<unsigned, std::uint64_t> answers{};      ///< responses by HTTP status
    std::uint64_t signatures = 0;                     ///< signatures returned
    std::map<std::string, std::uint64_t> refusals{};  ///< rejected requests for a signature, by reason
    /// In seconds, from a request's last byte to its signature.
    Histogram signing = Histogram::with_bounds(signing_bounds);
    std::uint64_t audit_failures = 0;  ///< failed writes to the audit log
};

}  // namespace revenant::host::serve
