#include "test/support/suite/steady_baker.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "test/support/suite/signing_burst.hpp"

namespace revenant::test {
namespace {

using Clock = Tally::Clock;

constexpr milliseconds before_another_connection{10};
constexpr milliseconds patience_beyond_the_deadline{1'500};

}  // namespace

void Ledger::enter(const std::string& slot, const Bytes& message, const Bytes& signature) {
    const std::scoped_lock hold{lock_};
    const auto [entry, is_new] = signed_.try_emplace(slot, message, signature);
    if (!is_new && entry->second.first != message)
        throw std::runtime_error{slot + " was signed twice with different payloads"};
    if (!is_new && entry->second.second != signature)
        throw std::runtime_error{slot + " has two signatures for one payload"};
}

std::size_t Ledger::size() const {
    const std::scoped_lock hold{lock_};
    return signed_.size();
}

void Tally::add(const Tally& other) {
    requests += other.requests;
    asked.insert(asked.end(), other.asked.begin(), other.asked.end());
    signatures += other.signatures;
    refusals += other.refusals;
    reconnects += other.reconnects;
    latencies.insert(latencies.end(), other.latencies.begin(), other.latencies.end());
    misses.insert(misses.end(), other.misses.begin(), other.misses.end());
    if (failure.empty())
        failure = other.failure;
}

std::chrono::microseconds Tally::latency(double share) const {
    auto sorted = latencies;
    std::sort(sorted.begin(), sorted.end());
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted.at(std::max<std::size_t>(rank, 1) - 1);
}

std::string Tally::text() const {
    auto line = fmt::format("{} requests: {} signatures, {} conflicts rejected, {} missed; {} reconnects", requests,
                            signatures, refusals, misses.size(), reconnects);
    const auto in_ms = [this](double share) { return static_cast<double>(latency(share).count()) / 1e3; };
    if (!latencies.empty())
        line += fmt::format("; latency p50 {:.1f} ms, p95 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms", in_ms(0.5),
                            in_ms(0.95), in_ms(0.99), in_ms(1));
    return line;
}

/// One operation kind of one key, on its own thread.
class SteadyBaker::Voice {
public:
    Voice(SteadyBaker& baker, unsigned short port, BakerKey key, std::size_t kind, const Rhythm& rhythm)
        : baker_{baker}, port_{port}, key_{std::move(key)}, kind_{kind}, rhythm_{rhythm}, thread_{[this] {
              speak();
          }} {}
    Voice(const Voice&) = delete;
    Voice& operator=(const Voice&) = delete;
    ~Voice() { join(); }

    void join() {
        if (thread_.joinable())
            thread_.join();
    }
    [[nodiscard]] const Tally& tally() const { return tally_; }

private:
    enum class Expected : std::uint8_t { signature, refusal };

    void speak() {
        try {
            bake();
        } catch (const std::exception& wrong) {
            tally_.failure = wrong.what();
        }
        baker_.finished();
    }

    void bake() {
        const auto start = Clock::now();
        for (std::int32_t passed = 0; passed < rhythm_.levels; ++passed) {
            const auto level = rhythm_.first_level + passed;
            const bool burst = level % rhythm_.burst_every == 0;
            // The kinds follow each other at 1/6 of a level, like blocks and votes on the network.
            const auto place = burst ? milliseconds{0} : static_cast<int>(kind_) * rhythm_.level / 6;
            if (!baker_.until(start + passed * rhythm_.level + place))
                return;
            for (std::int32_t round = 0; round < (burst ? rhythm_.burst_rounds : 1); ++round)
                sign(level, round);
        }
    }

    void sign(std::int32_t level, std::int32_t round) {
        const auto kind = kinds.at(kind_);
        const auto slot = fmt::format("{} {} {}.{}", key_.id, tezos::name(kind), level, round);
        const auto message = operation(key_.curve, kind, level, round);
        ask(slot, message, Expected::signature);
        switch ((static_cast<std::size_t>(level + round) + kind_) % 4) {
            case 0:
                return ask(slot, operation(key_.curve, kind, level, round, 1), Expected::refusal);
            case 2:
                return ask(slot, message, Expected::signature);
            default:
                return;
        }
    }

    void ask(const std::string& slot, const Bytes& message, Expected expected) {
        ++tally_.requests;
        const auto asked = Clock::now();
        tally_.asked.push_back(asked);
        const auto answer = exchange(message);
        const auto exactly = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked);
        const auto took = std::chrono::duration_cast<milliseconds>(exactly);
        const auto status = answer ? answer->status : 0;
        if (status == 200) {
            baker_.ledger_.enter(slot, message, signature_in(*answer, key_, message));
            ++tally_.signatures;
            tally_.latencies.push_back(exactly);
            if (took > rhythm_.deadline)
                tally_.misses.push_back({asked, fmt::format("{}: signed after {} ms", slot, took.count())});
        } else if (status == 409 && expected == Expected::refusal) {
            ++tally_.refusals;
        } else if (status == 503 || status == 0) {
            tally_.misses.push_back({asked, fmt::format("{}: {} after {} ms", slot,
                                                        answer ? answer->message() : "no response", took.count())});
        } else {
            throw std::runtime_error{slot + ": unexpected response " + answer->header + answer->body};
        }
    }

    /// The response, retried over new connections; nothing at the deadline.
    std::optional<HttpAnswer> exchange(const Bytes& message) {
        const Deadline deadline{rhythm_.deadline + patience_beyond_the_deadline};
        while (deadline.left() > milliseconds::zero()) {
            try {
                if (!client_)
                    client_.emplace(port_);
                return ask_signature(*client_, key_, message);
            } catch (const std::exception&) {  // refused, closed or incomplete
                client_.reset();
                ++tally_.reconnects;
            }
            if (!baker_.until(Clock::now() + before_another_connection))
                break;
        }
        return std::nullopt;
    }

    SteadyBaker& baker_;
    unsigned short port_;
    BakerKey key_;
    std::size_t kind_;  // index in `kinds`
    Rhythm rhythm_;
    std::optional<HttpClient> client_;
    Tally tally_;
    std::thread thread_;
};

SteadyBaker::SteadyBaker(unsigned short port, const std::vector<BakerKey>& keys, const Rhythm& rhythm)
    : at_work_{keys.size() * kinds.size()} {
    for (const auto& key : keys)
        for (std::size_t kind = 0; kind < kinds.size(); ++kind)
            voices_.emplace_back(*this, port, key, kind, rhythm);
}

SteadyBaker::~SteadyBaker() {
    end();
}

void SteadyBaker::finished() {
    const std::scoped_lock hold{lock_};
    --at_work_;
    moved_.notify_all();
}

bool SteadyBaker::until(Clock::time_point moment) const {
    std::unique_lock hold{lock_};
    return !moved_.wait_until(hold, moment, [this] { return stop_; });
}

bool SteadyBaker::ended(const Deadline& deadline) const {
    std::unique_lock hold{lock_};
    return moved_.wait_for(hold, deadline.left(), [this] { return at_work_ == 0; });
}

Tally SteadyBaker::end() {
    {
        const std::scoped_lock hold{lock_};
        stop_ = true;
        moved_.notify_all();
    }
    Tally all;
    for (auto& voice : voices_) {
        voice.join();
        all.add(voice.tally());
    }
    return all;
}

}  // namespace revenant::test
