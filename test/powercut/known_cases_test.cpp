#include <gtest/gtest.h>
#include <sodium.h>

#include "test/powercut/cut.hpp"
#include "test/powercut/life.hpp"
#include "test/powercut/quick.hpp"

/// Short histories that lost something once, at each step at which a kill or a failed sync is possible.
namespace revenant::powercut {
namespace {

constexpr ChainId chain{1, 2, 3, 4};
constexpr std::size_t never = 10'000;  // more steps than a life has

bool every_key(const std::string&) {
    return true;
}

class KnownCases : public testing::Test {
protected:
    KnownCases() {
        seed_secrets(1);
        EXPECT_GE(sodium_init(), 0);
    }

    /// One life on the card; true: it was killed. Without a power cut the next one finds the page cache.
    bool live(const std::function<void(Life&)>& work, std::size_t kill_before = never) {
        Machine machine{card};
        machine.kill_before(kill_before);
        bool killed = false;
        try {
            Life life{machine, ledger};
            work(life);
        } catch (const Killed&) {
            killed = true;
        }
        card = machine.card();
        return killed;
    }
    /// The same, with the sync number `failing` of the work.
    bool live_with_failing_sync(std::size_t failing, const std::function<void(Life&)>& work) {
        Machine machine{card};
        Life life{machine, ledger};
        std::size_t syncs = 0;
        machine.sync_fails = [&](const std::string&) { return syncs++ == failing; };
        work(life);
        card = machine.card();
        return syncs > failing;
    }
    void cut() {
        card = after_loss(card);
        ledger.power_cut();
    }
    void start(bool deterministic = false) {
        card = Card::with_folder(Machine::top);
        ledger = {};
        live([=](Life& life) {
            life.init(deterministic);
            life.create("baker");
        });
    }
    static bool sign(Life& life, std::int32_t level, std::uint8_t payload) {
        return life.sign("baker", {Kind::attestation, chain, level, 0}, Hash32{payload});
    }
    /// What every opening must find.
    void check() {
        EXPECT_NO_THROW(live([](Life& life) { life.compare(every_key); }));
    }

    Card card;
    Ledger ledger;
};

TEST_F(KnownCases, failed_creation_leaves_no_file) {
    for (std::size_t failing = 0, has_failed = true; has_failed; ++failing) {
        start(true);
        has_failed = live_with_failing_sync(failing, [](Life& life) { life.create("second"); });
        for (const auto& [path, folder] : card.folders)
            for (const auto& [name, node] : folder.cached)
                EXPECT_FALSE(name.ends_with(".tmp")) << path << '/' << name << " after sync " << failing;
    }
}

TEST_F(KnownCases, new_store_survives_cut) {
    start();
    cut();
    check();
    live([](Life& life) { EXPECT_TRUE(life.is_taken("baker")); });
}

/// Twice the name of a file is in the page cache only: the one of the marks, then the one of the list of chains.
TEST_F(KnownCases, names_of_killed_processes_survive_cut) {
    for (std::size_t first = 1, was_killed = true; was_killed; ++first)
        for (std::size_t second = 1, was_killed_again = true; was_killed_again; ++second) {
            start();
            was_killed = live([](Life& life) { sign(life, 10, 1); }, first);
            was_killed_again = live([](Life& life) { sign(life, 11, 2); }, second);
            EXPECT_NO_THROW(live([](Life& life) { EXPECT_TRUE(sign(life, 12, 3)); }));
            cut();
            check();
            if (HasFailure())
                FAIL() << "killed before step " << first << ", then before step " << second;
        }
}

/// A key of a killed process is listed by the next one, so it stays.
TEST_F(KnownCases, shown_key_survives_cut) {
    for (std::size_t step = 1, was_killed = true; was_killed; ++step) {
        start();
        was_killed = live([](Life& life) { life.create("second"); }, step);
        check();
        cut();
        check();
        if (HasFailure())
            FAIL() << "killed before step " << step;
    }
}

TEST_F(KnownCases, failed_sync_of_marks_keeps_key_usable) {
    for (std::size_t failing = 0, has_failed = true; has_failed; ++failing) {
        start();
        EXPECT_NO_THROW(has_failed = live_with_failing_sync(failing, [](Life& life) {
                            sign(life, 10, 1);
                            EXPECT_TRUE(sign(life, 11, 2) || sign(life, 11, 2));
                        }));
        cut();
        check();
        if (HasFailure())
            FAIL() << "sync " << failing << " failed";
    }
}

TEST_F(KnownCases, removed_key_stays_removed) {
    for (std::size_t failing = 0, has_failed = true; has_failed; ++failing) {
        start();
        live([](Life& life) { sign(life, 10, 1); });
        EXPECT_NO_THROW(has_failed = live_with_failing_sync(failing, [this](Life& life) {
                            life.remove("baker");
                            if (ledger.keys.contains("baker"))
                                life.remove("baker");
                        }));
        EXPECT_TRUE(ledger.keys.empty());
        cut();
        check();
        if (HasFailure())
            FAIL() << "sync " << failing << " failed";
    }
}

/// With the seed of a deterministic store, an index that is used twice is a secret that comes back.
TEST_F(KnownCases, failed_write_of_index_repeats_no_secret) {
    for (std::size_t failing = 0, has_failed = true; has_failed; ++failing) {
        start(true);
        EXPECT_NO_THROW(has_failed = live_with_failing_sync(failing, [](Life& life) {
                            life.create("second");
                            EXPECT_TRUE(life.create("third") || life.create("third"));
                        }));
        cut();
        EXPECT_NO_THROW(live([](Life& life) {
            life.compare(every_key);
            EXPECT_TRUE(life.create("fourth"));
        }));
        if (HasFailure())
            FAIL() << "sync " << failing << " failed";
    }
}

}  // namespace
}  // namespace revenant::powercut
