#pragma once

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include "test/support/suite/remote_baker.hpp"

namespace revenant::test {

/// Request schedule of a baker: per level a block, a preattestation and an attestation, one after the other.
struct Rhythm {
    milliseconds level{6'000};  ///< time per level
    std::int32_t levels = 10;
    std::int32_t first_level = 1;
    std::int32_t burst_every = 4;   ///< every n-th level: all kinds of several rounds at once
    std::int32_t burst_rounds = 4;  ///< number of those rounds
    milliseconds deadline{4'500};   ///< per request
};

/// All signatures. At most one payload and one signature per key, kind, level and round. Any thread.
class Ledger {
public:
    /// Throws std::runtime_error if it conflicts with an earlier entry.
    void enter(const std::string& slot, const Bytes& message, const Bytes& signature);
    [[nodiscard]] std::size_t size() const;

private:
    mutable std::mutex lock_;
    std::map<std::string, std::pair<Bytes, Bytes>> signed_;
};

/// Results of a baker's requests.
struct Tally {
    using Clock = std::chrono::steady_clock;
    /// A request without a signature or rejection within its deadline.
    struct Miss {
        Clock::time_point asked;
        std::string what;
    };
    unsigned requests = 0;
    std::vector<Clock::time_point> asked{};  ///< time of each request
    unsigned signatures = 0;                 ///< including repeated requests
    unsigned refusals = 0;                   ///< expected rejections of conflicting payloads
    unsigned reconnects = 0;                 ///< requests repeated on a new connection
    std::vector<std::chrono::microseconds> latencies{};
    std::vector<Miss> misses{};
    std::string failure{};  ///< the first fatal error

    void add(const Tally& other);
    /// Quantile `share` (0 to 1) of the signature latencies. Throws std::out_of_range without signatures.
    [[nodiscard]] std::chrono::microseconds latency(double share) const;
    /// One line of text for output.
    [[nodiscard]] std::string text() const;
};

/// A well-behaved baker. Each operation kind of each key has its own connection and thread, sends requests on schedule,
/// reads at once, and repeats a request on a new connection until its deadline if the server closes. Some requests are
/// repeated, some are followed by a conflicting one. Runs until all levels are done or end().
class SteadyBaker {
public:
    SteadyBaker(unsigned short port, const std::vector<BakerKey>& keys, const Rhythm& rhythm);
    SteadyBaker(const SteadyBaker&) = delete;
    SteadyBaker& operator=(const SteadyBaker&) = delete;
    ~SteadyBaker();

    /// Waits until all levels are done; false at the deadline.
    [[nodiscard]] bool ended(const Deadline& deadline) const;
    /// Stops it; returns the results of its requests.
    Tally end();

private:
    class Voice;

    void finished();
    /// Waits until `moment`; false when stopping.
    bool until(std::chrono::steady_clock::time_point moment) const;

    Ledger ledger_;
    mutable std::mutex lock_;
    mutable std::condition_variable moved_;
    bool stop_ = false;
    std::size_t at_work_ = 0;
    std::list<Voice> voices_;
};

}  // namespace revenant::test
