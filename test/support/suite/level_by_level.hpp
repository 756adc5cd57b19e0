#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "test/support/suite/baker.hpp"

namespace revenant::test {

/// Number of completed levels. Any thread.
class Progress {
public:
    void add();
    [[nodiscard]] unsigned done() const;
    /// Waits until `count` levels are done; false after `limit`.
    [[nodiscard]] bool wait_for(unsigned count, milliseconds limit) const;

private:
    mutable std::mutex lock_;
    mutable std::condition_variable moved_;
    unsigned done_ = 0;
};

/// A baker with one key. Per level it sends two conflicting requests of each kind, all at once; exactly one of the two
/// must be signed. Runs on its own thread until `stop` is set.
class LevelByLevel {
public:
    LevelByLevel(Baker& baker, const BakerKey& key, Progress& progress, const std::atomic<bool>& stop);
    LevelByLevel(LevelByLevel&&) = delete;
    LevelByLevel& operator=(LevelByLevel&&) = delete;
    ~LevelByLevel() { join(); }

    void join();
    /// After join(): the error, empty if none.
    [[nodiscard]] const std::string& failure() const { return failure_; }
    [[nodiscard]] std::int32_t level() const { return level_; }

private:
    void one_level(Baker& baker, const BakerKey& key) const;

    std::int32_t level_ = 0;
    std::string failure_;
    std::thread thread_;
};

/// Sets the flag on destruction, also when a test fails.
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
