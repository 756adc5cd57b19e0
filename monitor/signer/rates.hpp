#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "monitor/health/health.hpp"
#include "monitor/signer/status.hpp"

namespace revenant::monitor {

/// Rates between two readings of a signer's counters. A value that cannot be computed is absent.
struct Rates {
    std::optional<double> requests{}, signatures{};   ///< per second
    std::optional<double> p50{}, p95{}, p99{};        ///< seconds; signing latency in the interval
    std::map<std::string, double> keys{};             ///< signatures per second, by address
    std::map<std::string, std::uint64_t> refusals{};  ///< count by reason; only nonzero counts
};

/// The `q` quantile (0 to 1) of a histogram, interpolated within its bucket. The last bucket has no upper bound and
/// yields its lower bound. Nothing if there are no observations.
std::optional<double> quantile(const std::vector<double>& bounds, const std::vector<std::uint64_t>& counts, double q);

/// Returns no rates if the signer restarted in between, since its counters start at zero.
Rates rates_between(const SignerStatus& earlier, const SignerStatus& later, std::chrono::duration<double> time);

/// Rates over the last 30 s of readings, taken at a fixed interval.
class RateWindow {
public:
    static constexpr std::size_t readings = 7;  ///< one each 5 s: 30 s

    /// `status`: nothing while the signer does not respond.
    void take(Moment now, const std::optional<SignerStatus>& status);
    [[nodiscard]] const Rates& rates() const { return rates_; }

private:
    struct Reading {
        Moment at;
        SignerStatus status;
    };
    std::deque<Reading> readings_;
    Rates rates_;
};

boost::json::object to_json(const Rates& rates);

}  // namespace revenant::monitor
