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

/// What happened between two readings of a signer's counters. What cannot be told is not there.
struct Rates {
    std::optional<double> requests{}, signatures{};   ///< per second
    std::optional<double> p50{}, p95{}, p99{};        ///< seconds; of the signatures in between
    std::map<std::string, double> keys{};             ///< signatures per second, by address
    std::map<std::string, std::uint64_t> refusals{};  ///< how many, by reason; those that are not none
};

/// The value below which the share `q` of the observations lies, interpolated within its bucket; the last bucket, which
/// has no upper bound, counts as its lower one. Nothing if there was none.
std::optional<double> quantile(const std::vector<double>& bounds, const std::vector<std::uint64_t>& counts, double q);

/// Nothing of anything when the later one is of another life of the program, whose counters began anew.
Rates rates_between(const SignerStatus& earlier, const SignerStatus& later, std::chrono::duration<double> time);

/// The readings of the last half minute, taken at a fixed pace.
class RateWindow {
public:
    static constexpr std::size_t readings = 7;  ///< at one each 5 s: half a minute

    /// `status` is nothing while the signer cannot be heard.
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
