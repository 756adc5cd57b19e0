#include "test/support/suite/level_by_level.hpp"

#include <array>
#include <stdexcept>

namespace revenant::test {

using tezos::Kind;

void Progress::add() {
    const std::scoped_lock hold{lock_};
    ++done_;
    moved_.notify_all();
}

unsigned Progress::done() const {
    const std::scoped_lock hold{lock_};
    return done_;
}

bool Progress::wait_for(unsigned count, milliseconds limit) const {
    std::unique_lock hold{lock_};
    return moved_.wait_for(hold, limit, [&] { return done_ >= count; });
}

LevelByLevel::LevelByLevel(Baker& baker, const BakerKey& key, Progress& progress, const std::atomic<bool>& stop)
    : thread_{[this, &baker, &key, &progress, &stop] {
          try {
              while (!stop) {
                  ++level_;
                  one_level(baker, key);
                  progress.add();
              }
          } catch (const std::exception& error) {
              failure_ = key.id + " at level " + std::to_string(level_) + ": " + error.what();
          }
      }} {}

void LevelByLevel::join() {
    if (thread_.joinable())
        thread_.join();
}

void LevelByLevel::one_level(Baker& baker, const BakerKey& key) const {
    struct Asked {
        Bytes message;
        std::future<host::Answer> answer;
    };
    std::vector<std::array<Asked, 2>> kinds;
    for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation}) {
        auto& both = kinds.emplace_back();
        for (std::uint8_t salt = 0; salt < 2; ++salt) {
            both[salt].message = operation(key.curve, kind, level_, 0, salt);
            both[salt].answer = baker.ask(key, both[salt].message);
        }
    }
    for (auto& both : kinds) {
        unsigned signatures = 0;
        for (auto& [message, answer] : both) {
            const auto response = response_of(std::move(answer));
            if (error_of(response) == ErrorCode::stale_watermark)
                continue;
            Baker::signature(key, message, response);
            ++signatures;
        }
        if (signatures != 1)
            throw std::runtime_error{std::to_string(signatures) + " of two conflicting requests were signed"};
    }
}

}  // namespace revenant::test
