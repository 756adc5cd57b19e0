#pragma once

#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include "test/support/suite/remote_baker.hpp"

namespace revenant::test {

/// When a baker asks, and how much: at each level a block, a preattestation and an attestation, one after the other.
struct Rhythm {
    milliseconds level{6'000};  ///< from one to the next
    std::int32_t levels = 10;
    std::int32_t first_level = 1;
    std::int32_t burst_every = 4;   ///< in one level of so many, all kinds of several rounds at once
    std::int32_t burst_rounds = 4;  ///< as many
    milliseconds deadline{4'500};   ///< of the signer, for each request
};

/// All that was signed: never two things, nor two signatures of one, for a key, kind, level and round. Any thread.
class Ledger {
public:
    /// Throws std::runtime_error when it contradicts an earlier entry.
    void enter(const std::string& slot, const Bytes& message, const Bytes& signature);
    [[nodiscard]] std::size_t size() const;

private:
    mutable std::mutex lock_;
    std::map<std::string, std::pair<Bytes, Bytes>> signed_;
};

/// What became of a baker's requests.
struct Tally {
    using Clock = std::chrono::steady_clock;
    /// A request that was answered by no verdict within its deadline.
    struct Miss {
        Clock::time_point asked;
        std::string what;
    };
    unsigned requests = 0;
    std::vector<Clock::time_point> asked{};  ///< when each of them was
    unsigned signatures = 0;                 ///< among them some for what had been asked before
    unsigned refusals = 0;                   ///< of what contradicts a signature: as it must be
    unsigned reconnects = 0;                 ///< a connection was closed, and the request asked again on another
    std::vector<std::chrono::microseconds> latencies{};
    std::vector<Miss> misses{};
    std::string failure{};  ///< what must never happen; the first of it

    void add(const Tally& other);
    /// What the share (0 to 1) of the signatures took no longer than. Throws std::out_of_range when there are none.
    [[nodiscard]] std::chrono::microseconds latency(double share) const;
    /// One line for a person.
    [[nodiscard]] std::string text() const;
};

/// A baker that does as a baker should: it asks in a rhythm, each kind of operation of each key over a connection of
/// its own, reads at once, and where a connection is closed under it asks again on another until its deadline. Now and
/// then it asks the same again, or for something that contradicts what was signed. Threads of its own, until all levels
/// are through or it is told to stop.
class SteadyBaker {
public:
    SteadyBaker(unsigned short port, const std::vector<BakerKey>& keys, const Rhythm& rhythm);
    SteadyBaker(const SteadyBaker&) = delete;
    SteadyBaker& operator=(const SteadyBaker&) = delete;
    ~SteadyBaker();

    /// Waits for the end of its levels; false when the deadline came first.
    [[nodiscard]] bool ended(const Deadline& deadline) const;
    /// Stops it, and gives what became of its requests.
    Tally end();

private:
    class Voice;

    void finished();
    /// Waits for a moment; false when it is to stop.
    bool until(std::chrono::steady_clock::time_point moment) const;

    Ledger ledger_;
    mutable std::mutex lock_;
    mutable std::condition_variable moved_;
    bool stop_ = false;
    std::size_t at_work_ = 0;
    std::list<Voice> voices_;
};

}  // namespace revenant::test
