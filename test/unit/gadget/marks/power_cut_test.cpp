#include <array>
#include <memory>
#include <optional>
#include <random>

#include <gtest/gtest.h>
#include <sodium.h>

#include "gadget/crypto/seal.hpp"
#include "gadget/marks/watermark.hpp"
#include "test/support/gadget/fake_disk.hpp"

namespace revenant::gadget::keystore::power_cut {
namespace {

constexpr ChainId chain{1, 2, 3, 4};
constexpr auto name = "marks/tz4-chain";
constexpr JumpRules jumps{1'000'000};

Hash32 hash_of(unsigned number) {
    Hash32 hash{};
    hash[0] = static_cast<std::uint8_t>(number);
    return hash;
}

/// The signatures sent by the device: the reference for all checks.
class Witness {
public:
    /// Records a signature; false when it conflicts with an earlier one.
    bool accepts(const Operation& operation, const Hash32& hash) {
        auto& last = last_[static_cast<std::size_t>(operation.kind)];
        const auto asked = std::pair{operation.level, operation.round};
        const auto before = std::pair{last.level, last.round};
        if (asked < before || (asked == before && last.hash != hash))
            return false;
        last = {operation.level, operation.round, true, hash};
        return true;
    }
    [[nodiscard]] const Mark& last(Kind kind) const { return last_[static_cast<std::size_t>(kind)]; }

private:
    std::array<Mark, tezos::kind_count> last_{};
};

/// One device over many lives: a random baker, sometimes a lying one, requests signatures while power is cut and writes
/// fail.
class Life {
public:
    explicit Life(std::uint32_t seed) : random_{seed}, data_key_{random_secret(key_size)} {
        EXPECT_FALSE(Watermark::create(disk_, name, owner(), jumps.budget, -1));
    }

    /// Runs until a power cut at durable operation `event`, then restarts. False: that operation was not reached.
    bool run_until_cut(std::size_t event, Fault::Left left, bool reboot, unsigned steps) {
        const auto torn_at = pick(512);
        medium_.fault = [=](std::size_t at, const std::string&) -> std::unique_ptr<Fault> {
            if (at != event)
                return nullptr;
            return std::make_unique<Fault>(Fault{left, true, {}, torn_at});
        };
        return lives(steps, reboot);
    }
    /// The same with random faults: errors that the process survives, and power cuts.
    bool run_with_faults(unsigned steps) {
        medium_.fault = [this](std::size_t, const std::string&) -> std::unique_ptr<Fault> {
            if (pick(12) != 0)
                return nullptr;
            const auto left = static_cast<Fault::Left>(pick(4));
            return std::make_unique<Fault>(
                Fault{left, pick(2) == 0, std::make_error_code(std::errc::io_error), pick(512)});
        };
        const bool cut = lives(steps, pick(2) == 0);
        if (!cut && pick(3) == 0)  // one slot decays while the other is intact
            medium_.flip(name, pick(2) * MarksFile::slot_distance + pick(MarksFile::slot_size));
        return cut;
    }
    void calm() { medium_.fault = nullptr; }

    /// Requests everything that would conflict, then continues baking.
    void probe() {
        calm();
        open();
        for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation}) {
            const auto last = witness_.last(kind);
            if (last.none())
                continue;
            for (unsigned bytes = 0; bytes < 4; ++bytes)
                for (std::int32_t back = 0; back < 3; ++back)
                    sign({kind, chain, std::max(0, last.level - back), last.round}, hash_of(bytes));
        }
        work(20);
    }
    [[nodiscard]] std::size_t events() const { return medium_.events; }
    [[nodiscard]] std::size_t released() const { return released_; }
    [[nodiscard]] bool corrupted() const { return mark_->corrupted(); }

private:
    MarksFile::Owner owner() const { return {data_key_, "baker", "tz4", chain}; }
    unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }
    void open() { mark_ = std::make_unique<Watermark>(disk_, name, owner(), MarkRules{jumps}, nullptr, now_); }

    bool lives(unsigned steps, bool reboot) {
        bool cut = false;
        try {
            open();
            work(steps);
        } catch (const PowerCut&) {
            cut = true;
        }
        if (reboot)
            medium_.reboot();
        else
            medium_.restart();
        return cut;
    }

    void work(unsigned steps) {
        for (unsigned step = 0; step < steps; ++step) {
            now_ += Uptime{1000};
            if (pick(40) == 0) {
                mark_->raise(static_cast<std::uint64_t>(level_ + static_cast<std::int32_t>(pick(30))), pick(2) == 0,
                             now_);
                continue;
            }
            if (pick(3) == 0 && asked_) {  // the host repeats an unanswered request
                sign(asked_->operation, asked_->hash);
                continue;
            }
            const auto kind = static_cast<Kind>(pick(3));
            if (const auto last = witness_.last(kind); pick(4) == 0 && !last.none()) {  // a lying host
                sign({kind, chain, last.level, last.round}, hash_of(pick(3)));
                continue;
            }
            const auto forward = std::array{0, 0, 1, 1, 1, 1, 2, 8, 9, 17}[pick(10)];
            const auto level = level_ + forward - static_cast<std::int32_t>(pick(8) == 0 ? pick(12) : 0);
            sign({kind, chain, std::max(0, level), static_cast<std::int32_t>(pick(2))}, hash_of(pick(3)));
        }
    }

    void sign(Operation operation, Hash32 hash) {
        asked_ = Advance{operation, hash};
        const auto verdict = mark_->ask(operation, hash, now_);
        if (std::holds_alternative<Failure>(verdict))
            return;
        if (const auto* advance = std::get_if<Advance>(&verdict); advance && mark_->commit(*advance, now_))
            return;
        ++released_;
        level_ = std::max(level_, operation.level);
        ASSERT_TRUE(witness_.accepts(operation, hash))
            << "signed twice: " << tezos::name(operation.kind) << " level " << operation.level << " round "
            << operation.round << " after level " << witness_.last(operation.kind).level << " round "
            << witness_.last(operation.kind).round;
    }

    std::mt19937 random_;
    Medium medium_;
    FakeDisk disk_{medium_};
    Secret data_key_;
    Uptime now_{0};
    std::int32_t level_ = 0;
    Witness witness_;
    std::optional<Advance> asked_;
    std::size_t released_ = 0;
    std::unique_ptr<Watermark> mark_;
};

class power_cut : public testing::Test {
protected:
    power_cut() { EXPECT_GE(sodium_init(), 0); }
};

constexpr std::array every_left{Fault::Left::old_bytes, Fault::Left::new_bytes, Fault::Left::torn,
                                Fault::Left::unreadable};

TEST_F(power_cut, cut_at_every_write_never_double_signs) {
    for (const auto left : every_left)
        for (const bool reboot : {true, false})
            for (std::size_t event = 1;; ++event) {
                Life life{1234};
                if (!life.run_until_cut(event, left, reboot, 60))
                    break;
                ASSERT_NO_FATAL_FAILURE(life.probe());
                ASSERT_FALSE(life.corrupted()) << "one cut at write " << event << " damaged both slots";
                if (HasFailure())
                    return;
            }
}

TEST_F(power_cut, two_cuts_in_a_row_never_double_sign) {
    for (const auto left : {Fault::Left::old_bytes, Fault::Left::torn})
        for (std::size_t event = 10; event < 30; ++event)
            for (std::size_t more = 0; more < 12; ++more) {
                Life life{99};
                ASSERT_TRUE(life.run_until_cut(event, left, true, 60));
                life.run_until_cut(life.events() + more, Fault::Left::torn, more % 2 == 0, 20);
                life.probe();
                ASSERT_FALSE(life.corrupted()) << event << " and " << more;
                if (HasFailure())
                    return;
            }
}

TEST_F(power_cut, many_cuts_and_errors_never_double_sign) {
    std::size_t released = 0;
    for (std::uint32_t seed = 0; seed < 150; ++seed) {
        Life life{seed};
        for (int life_number = 0; life_number < 12; ++life_number)
            life.run_with_faults(30);
        life.calm();
        life.probe();
        released += life.released();
        if (HasFailure()) {
            ADD_FAILURE() << "seed " << seed;
            return;
        }
    }
    EXPECT_GT(released, 5000U) << "too few signatures for a meaningful test";
}

}  // namespace
}  // namespace revenant::gadget::keystore::power_cut
