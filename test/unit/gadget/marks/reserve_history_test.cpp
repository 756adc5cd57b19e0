#include <cstdlib>
#include <map>
#include <random>
#include <tuple>

#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

/// What has left the device in one history, and what must hold because of it.
struct Oracle {
    std::map<std::tuple<Kind, std::int32_t, std::int32_t>, int> signed_payloads;
    std::int64_t highest_signed = 0;
    std::int64_t highest_asked = 0;
    std::int64_t acknowledged = -1;                            // by set_level
    std::int64_t lossy = 0;                                    // events after which w + step levels may be refused
    std::optional<std::array<Mark, tezos::kind_count>> exact;  // the marks of the next opening

    void sign(const Operation& operation, int payload) {
        const auto [found, fresh] =
            signed_payloads.try_emplace({operation.kind, operation.level, operation.round}, payload);
        EXPECT_TRUE(fresh || found->second == payload)
            << "signed twice: " << tezos::name(operation.kind) << " level " << operation.level;
        EXPECT_GE(operation.level, acknowledged) << "signed below an acknowledged set_level";
        highest_signed = std::max<std::int64_t>(highest_signed, operation.level);
    }
};

/// Random histories of one key on one chain: requests, ends of the process, power cuts, failing writes, lost slots, old
/// copies of the file, starts without a keeper, stores of version 0.1.0.
class ReserveHistoryTest : public watermark {
protected:
    static constexpr std::int64_t max_reserve_levels = 4;

    unsigned pick(unsigned below) { return static_cast<unsigned>(random() % below); }
    bool chance(unsigned in) { return pick(in) == 0; }

    void begin(unsigned seed) {
        random.seed(seed);
        medium = Medium{};
        memory.fill(0);
        oracle = Oracle{};
        copy.clear();
        page_needed = false;
        level = 3;
        if (chance(3))
            start_from_old_store();
        else
            ASSERT_FALSE(Watermark::create(disk, name, owner(), rules().jumps.budget, -1));
    }

    void start_from_old_store() {
        auto before = slot_of(advanced(Marks{}, {Kind::block, chain, 3, 0}, hash_of(1)), no_level);
        before.marks.budget = rules().jumps.budget;
        before.ceilings = {11, no_level, 11};
        before.stamp = {7, 0};
        auto newest = before;
        newest.marks = advanced(newest.marks, {Kind::attestation, chain, 3, 0}, hash_of(2));
        newest.stamp.sequence = 8;
        const auto bytes = old_marks_file(owner(), {before, newest});
        ASSERT_FALSE(disk.replace(name, bytes));
        oracle.sign({Kind::block, chain, 3, 0}, 1);
        oracle.sign({Kind::attestation, chain, 3, 0}, 2);
        oracle.highest_asked = 3;
        oracle.exact = newest.marks.kinds;
    }

    static MarkRules rules() { return {{1'000'000}, max_reserve_levels}; }

    void live(unsigned steps) {
        keeper = page_needed || !chance(6);
        if (!keeper)
            expect_loss();
        const auto w = chance(5) ? 0 : max_reserve_levels;
        medium.fault = [this](std::size_t, const std::string&) { return fault(); };
        has_signed = false;
        try {
            mark.reset();
            const auto page = keeper ? std::make_shared<LivePage>(memory, page_owner()) : nullptr;
            mark = std::make_unique<Watermark>(disk, name, owner(), MarkRules{rules().jumps, w}, page, now);
            check_opening();
            for (unsigned step = 0; step < steps; ++step)
                act();
            end();
        } catch (const PowerCut&) {
            interrupted();
        }
        between_lives();
    }

    void check_opening() {
        const auto view = mark->view();
        if (view.corrupted) {
            oracle.exact.reset();
            rebuild();
            return;
        }
        std::int64_t highest = -1;
        for (std::size_t kind = 0; kind < view.marks.size(); ++kind) {
            highest = std::max<std::int64_t>(highest, view.marks[kind].level);
            if (oracle.exact) {
                EXPECT_LE(std::pair(view.marks[kind].level, view.marks[kind].round),
                          std::pair((*oracle.exact)[kind].level, (*oracle.exact)[kind].round))
                    << "refuses more than before a clean end or a crash with a page";
            }
        }
        oracle.exact.reset();
        EXPECT_LE(highest - oracle.highest_asked, (max_reserve_levels + ceiling_step) * oracle.lossy);
        level = std::max(level, static_cast<std::int32_t>(highest));
    }

    /// An operator who knows the highest level that was signed.
    void rebuild() {
        const auto honest = std::max(oracle.highest_signed, oracle.acknowledged);
        if (!mark->raise(static_cast<std::uint64_t>(honest), true, now))
            oracle.lossy += 1;
    }

    /// The result of the next durable operation. Requests below the reserve are signed beside it.
    std::unique_ptr<Fault> fault() {
        if (in_fault)
            return nullptr;
        in_fault = true;
        for (unsigned beside = pick(3); mark && beside > 0; --beside)
            request(true);
        in_fault = false;
        if (!chance(10))
            return nullptr;
        const auto left = static_cast<Fault::Left>(pick(4));
        expect_loss();
        return std::make_unique<Fault>(Fault{left, chance(2), std::make_error_code(std::errc::io_error), pick(512)});
    }

    void act() {
        switch (pick(12)) {
            case 0:
                return set_level();
            case 1:
                mark->rest();
                return;
            case 2:
            case 3:
                if (mark->wants_ahead())
                    mark->write_ahead();
                return;
            case 4:
                if (chance(4) && keeper && copy.empty())
                    copy = medium.bytes(name);
                return;
            default:
                return request(false);
        }
    }

    void set_level() {
        const auto to = level + static_cast<std::int32_t>(pick(8)) - 2;
        if (to < 0)
            return;
        oracle.highest_asked = std::max<std::int64_t>(oracle.highest_asked, to);
        if (!mark->raise(static_cast<std::uint64_t>(to), true, now))
            oracle.acknowledged = std::max<std::int64_t>(oracle.acknowledged, to);
    }

    void request(bool beside_a_write) {
        constexpr std::array forward{0, 0, 0, 1, 1, 1, 2, 4, 9};
        const auto to = std::max(0, level + forward[pick(forward.size())] - static_cast<std::int32_t>(pick(3)));
        const Operation operation{static_cast<Kind>(pick(3)), chain, to, static_cast<std::int32_t>(pick(2))};
        const auto payload = static_cast<int>(1 + pick(2));
        oracle.highest_asked = std::max<std::int64_t>(oracle.highest_asked, to);
        const auto page_before = memory;
        auto verdict = mark->ask(operation, hash_of(payload), now);
        if (std::holds_alternative<Failure>(verdict))
            return;
        if (const auto* advance = std::get_if<Advance>(&verdict)) {
            if (beside_a_write || mark->commit(*advance, now))
                return;
        } else if (chance(60)) {
            kill_during_page_write(page_before);
        }
        oracle.sign(operation, payload);
        has_signed = true;
        level = std::max(level, to);
    }

    /// Nothing of the newer copy is left; the signature has not left.
    void kill_during_page_write(const decltype(memory)& before) {
        for (std::size_t byte = 0; byte < memory.size(); ++byte)
            if (memory[byte] != before[byte])
                memory[byte] = 0;
        medium.dead = true;
        throw PowerCut{};
    }

    /// The process ends; half of the ends are clean.
    void end() {
        const bool is_clean = chance(2) && !mark->rest();
        if (is_clean || keeper)
            oracle.exact = mark->view().marks;
        if (is_clean && !page_needed && chance(2))
            lose_page();  // systemctl stop
        else if (!page_needed && chance(2))
            cut_power(is_clean);
        else
            kill();
    }

    void interrupted() {
        oracle.exact.reset();
        if (!page_needed && chance(2))
            cut_power(false);
        else
            kill();
    }

    void kill() {
        if (!keeper)
            expect_loss();
        medium.restart();
    }

    void cut_power(bool is_clean) {
        if (!is_clean) {
            oracle.exact.reset();
            oracle.lossy += 2;  // a slot that is in the page cache only may be lost too
        }
        lose_page();
        medium.reboot();
    }

    void lose_page() {
        memory.fill(0);
        copy.clear();
    }

    void expect_loss() {
        oracle.exact.reset();
        ++oracle.lossy;
    }

    void between_lives() {
        page_needed = page_needed && !has_signed;
        mark.reset();
        medium.dead = false;
        if (!keeper)
            copy.clear();
        if (chance(8)) {
            medium.flip(name, pick(2) * MarksFile::slot_distance + pick(MarksFile::slot_size));
            expect_loss();
        }
        if (!copy.empty() && chance(3) && LivePage{memory, page_owner()}.newest()) {
            medium.bytes(name) = copy;
            medium.durable.at(name)->durable = copy;
            copy.clear();
            page_needed = true;
            expect_loss();
        }
    }

    std::mt19937 random;
    Oracle oracle;
    Bytes copy;                // of the file, while every process since used the page
    bool page_needed = false;  // a copy was put back and is not restated yet
    bool has_signed = false;   // in this life: the restating writes are done
    bool in_fault = false;
    std::int32_t level = 3;
};

/// TEST_ROUNDS: tens of histories.
unsigned histories() {
    const char* const tens = std::getenv("TEST_ROUNDS");
    return tens != nullptr ? 10 * static_cast<unsigned>(std::atoi(tens)) : 400;
}

TEST_F(ReserveHistoryTest, random_histories_never_sign_twice) {
    std::size_t signatures = 0;
    for (unsigned seed = 1; seed <= histories(); ++seed) {
        begin(seed);
        for (int lives = 0; lives < 12; ++lives)
            live(5 + pick(25));
        signatures += oracle.signed_payloads.size();
        if (HasFailure())
            FAIL() << "history " << seed;
    }
    EXPECT_GT(signatures, 20U * histories()) << "too few signatures for a meaningful test";
}

}  // namespace
}  // namespace revenant::gadget::keystore
