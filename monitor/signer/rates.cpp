#include "monitor/signer/rates.hpp"

#include <algorithm>

namespace revenant::monitor {
namespace {

bool another_life(const SignerStatus& earlier, const SignerStatus& later) {
    return earlier.pid != later.pid || earlier.started != later.started ||
           (earlier.requests && later.requests && *later.requests < *earlier.requests) ||
           (earlier.signatures && later.signatures && *later.signatures < *earlier.signatures);
}

std::optional<double> per_second(std::optional<std::uint64_t> earlier, std::optional<std::uint64_t> later,
                                 double seconds) {
    if (!earlier || !later || *later < *earlier)
        return std::nullopt;
    return static_cast<double>(*later - *earlier) / seconds;
}

std::map<std::string, std::uint64_t> signatures_by_key(const SignerStatus& status) {
    std::map<std::string, std::uint64_t> found;
    if (!status.devices)
        return found;
    for (const auto& device : *status.devices)
        for (const auto& key : device.keys.value_or(std::vector<KeyState>{}))
            if (key.signatures && !key.address.empty())
                found.emplace(key.address, *key.signatures);
    return found;
}

void take_latency(Rates& rates, const std::optional<Histogram>& earlier, const std::optional<Histogram>& later) {
    if (!earlier || !later || earlier->bounds != later->bounds)
        return;
    auto counts = later->counts;
    for (std::size_t at = 0; at < counts.size(); ++at) {
        if (counts[at] < earlier->counts[at])
            return;
        counts[at] -= earlier->counts[at];
    }
    rates.p50 = quantile(later->bounds, counts, 0.50);
    rates.p95 = quantile(later->bounds, counts, 0.95);
    rates.p99 = quantile(later->bounds, counts, 0.99);
}

void put(boost::json::object& into, const char* name, std::optional<double> value, double factor = 1) {
    if (value)
        into[name] = *value * factor;
}

}  // namespace

std::optional<double> quantile(const std::vector<double>& bounds, const std::vector<std::uint64_t>& counts, double q) {
    double all = 0;
    for (const auto count : counts)
        all += static_cast<double>(count);
    if (all == 0 || counts.size() != bounds.size() + 1)
        return std::nullopt;
    double rank = q * all;
    for (std::size_t at = 0; at < bounds.size(); ++at) {
        const auto count = static_cast<double>(counts[at]);
        if (count > 0 && rank <= count) {
            const double lower = at == 0 ? 0 : bounds[at - 1];
            return lower + (bounds[at] - lower) * rank / count;
        }
        rank -= count;
    }
    return bounds.empty() ? std::nullopt : std::optional{bounds.back()};
}

Rates rates_between(const SignerStatus& earlier, const SignerStatus& later, std::chrono::duration<double> time) {
    Rates rates;
    if (time.count() <= 0 || another_life(earlier, later))
        return rates;
    rates.requests = per_second(earlier.requests, later.requests, time.count());
    rates.signatures = per_second(earlier.signatures, later.signatures, time.count());
    const auto before = signatures_by_key(earlier);
    for (const auto& [address, count] : signatures_by_key(later))
        if (const auto was = before.find(address); was != before.end())
            if (const auto rate = per_second(was->second, count, time.count()))
                rates.keys.emplace(address, *rate);
    if (earlier.refusals && later.refusals)
        for (const auto& [reason, count] : *later.refusals) {
            const auto was = earlier.refusals->find(reason);
            const auto had = was == earlier.refusals->end() ? 0 : was->second;
            if (count > had)
                rates.refusals.emplace(reason, count - had);
        }
    take_latency(rates, earlier.latency, later.latency);
    return rates;
}

void RateWindow::take(Moment now, const std::optional<SignerStatus>& status) {
    if (!status) {
        readings_.clear();
        rates_ = {};
        return;
    }
    if (!readings_.empty() && another_life(readings_.back().status, *status))
        readings_.clear();
    readings_.push_back({now, *status});
    if (readings_.size() > readings)
        readings_.pop_front();
    rates_ =
        rates_between(readings_.front().status, readings_.back().status, readings_.back().at - readings_.front().at);
}

boost::json::object to_json(const Rates& rates) {
    boost::json::object json;
    put(json, "requests_per_s", rates.requests);
    put(json, "signatures_per_s", rates.signatures);
    put(json, "p50_ms", rates.p50, 1000);
    put(json, "p95_ms", rates.p95, 1000);
    put(json, "p99_ms", rates.p99, 1000);
    if (!rates.keys.empty()) {
        boost::json::object keys;
        for (const auto& [address, rate] : rates.keys)
            keys[address] = rate;
        json["keys"] = std::move(keys);
    }
    if (!rates.refusals.empty()) {
        boost::json::object refusals;
        for (const auto& [reason, count] : rates.refusals)
            refusals[reason] = count;
        json["refusals"] = std::move(refusals);
    }
    return json;
}

}  // namespace revenant::monitor
