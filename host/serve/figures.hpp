#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace revenant::host::serve {

/// How often something took how long.
class Histogram {
public:
    /// Upper bounds of the buckets, in seconds; one more bucket has none. 0.1 ms is below one signature, 5 s beyond the
    /// deadline.
    static constexpr std::array bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                       0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0};

    void observe(std::chrono::duration<double> took);

    /// Of each bucket alone, the last without a bound.
    [[nodiscard]] const std::array<std::uint64_t, bounds.size() + 1>& counts() const { return counts_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] double sum() const { return sum_; }  ///< in seconds

private:
    std::array<std::uint64_t, bounds.size() + 1> counts_{};
    std::uint64_t count_ = 0;
    double sum_ = 0;
};

/// What a running server counts. One thread.
struct Figures {
    std::uint64_t requests = 0;                       ///< that could be read
    std::uint64_t in_flight = 0;                      ///< of these, not answered yet
    std::map<unsigned, std::uint64_t> answers{};      ///< by status of HTTP
    std::uint64_t signatures = 0;                     ///< given out
    std::map<std::string, std::uint64_t> refusals{};  ///< of signatures, by reason
    Histogram signing{};                              ///< from a request's last byte to its signature
    std::uint64_t audit_failures = 0;                 ///< decisions that could not be written down
};

}  // namespace revenant::host::serve
