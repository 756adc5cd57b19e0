#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "test/support/suite/baker.hpp"

namespace revenant::test {

/// How many levels were completed, for whoever waits for progress.
class Progress {
public:
    void add();
    [[nodiscard]] unsigned done() const;
    /// False when fewer than `count` are done within `limit`.
    [[nodiscard]] bool wait_for(unsigned count, milliseconds limit) const;

private:
    mutable std::mutex lock_;
    mutable std::condition_variable moved_;
    unsigned done_ = 0;
};

/// One key's baker: level after level, for each kind two requests that contradict each other, all in burst at once.
/// Exactly one of the two may be signed. Runs on a thread of its own until told to stop.
class LevelByLevel {
public:
    LevelByLevel(Baker& baker, const BakerKey& key, Progress& progress, const std::atomic<bool>& stop);
    LevelByLevel(LevelByLevel&&) = delete;
    LevelByLevel& operator=(LevelByLevel&&) = delete;
    ~LevelByLevel() { join(); }

    void join();
    /// After join(): empty when all went well.
    [[nodiscard]] const std::string& failure() const { return failure_; }
    [[nodiscard]] std::int32_t level() const { return level_; }

private:
    void one_level(Baker& baker, const BakerKey& key) const;

    std::int32_t level_ = 0;
    std::string failure_;
    std::thread thread_;
};

/// Stops the bakers however the test ends.
class Stop {
public:
    explicit Stop(std::atomic<bool>& stop) : stop_{stop} {}
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;
    ~Stop() { stop_ = true; }

private:
    std::atomic<bool>& stop_;
};

}  // namespace revenant::test
