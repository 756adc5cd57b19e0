#include "gadget/marks/live_page.hpp"

#include <array>

#include <gtest/gtest.h>
#include <sodium.h>

namespace revenant::gadget::keystore::page_memory {
namespace {

Marks marks_at(std::int32_t level) {
    Marks marks;
    marks.budget = 17;
    return advanced(marks, {Kind::block, {}, level, 1}, Hash32{9});
}

class LivePageTest : public testing::Test {
protected:
    static PageOwner baker() { return {key_tag("baker", "tz4"), {1, 2, 3, 4}}; }
    static LivePage::State state(std::uint64_t sequence, std::uint64_t run = 5) {
        return {{sequence, run}, marks_at(static_cast<std::int32_t>(sequence))};
    }
    std::size_t at_newest_copy() {
        const auto before = memory;
        page.write(state(page.newest()->stamp.sequence + 1));
        std::size_t at = 0;
        while (before[at] == memory[at])
            ++at;
        return at;
    }

    const bool sodium = sodium_init() >= 0;
    alignas(8) std::array<std::uint8_t, LivePage::size> memory{};
    LivePage page{memory, baker()};
};

TEST_F(LivePageTest, empty_memory_has_no_state_and_no_owner) {
    EXPECT_EQ(page.newest(), std::nullopt);
    EXPECT_EQ(LivePage::owner_in(memory), std::nullopt);
}

TEST_F(LivePageTest, next_process_finds_newest_state) {
    for (const std::uint64_t sequence : {1U, 2U, 3U, 9U}) {
        page.write(state(sequence));
        EXPECT_EQ((LivePage{memory, baker()}.newest()), state(sequence));
    }
    EXPECT_EQ(LivePage::owner_in(memory), baker());
}

TEST_F(LivePageTest, higher_sequence_wins_over_other_run) {
    page.write(state(7, 1));
    page.write(state(8, 2));
    EXPECT_EQ(page.newest(), state(8, 2));
}

TEST_F(LivePageTest, page_of_other_key_or_chain_is_ignored) {
    page.write(state(3));
    EXPECT_EQ((LivePage{memory, {key_tag("other", "tz4"), baker().chain}}.newest()), std::nullopt);
    EXPECT_EQ((LivePage{memory, {key_tag("baker", "tz1"), baker().chain}}.newest()), std::nullopt);
    EXPECT_EQ((LivePage{memory, {baker().key, {9}}}.newest()), std::nullopt);
}

// P2: a process that is killed while it writes leaves the copy before it.
TEST_F(LivePageTest, torn_write_leaves_previous_copy) {
    page.write(state(1));
    page.write(state(2));
    const auto before = memory;
    page.write(state(3));
    const auto after = memory;
    for (std::size_t written = 0; written <= LivePage::size; ++written) {
        memory = before;
        std::copy_n(after.begin(), written, memory.begin());
        const auto found = page.newest();
        ASSERT_TRUE(found == state(2) || found == state(3)) << written << " bytes written";
        page.write(state(4));
        ASSERT_EQ(page.newest(), state(4)) << written;
    }
}

TEST_F(LivePageTest, next_write_spares_the_newest_copy) {
    page.write(state(1));
    page.write(state(2));
    LivePage next{memory, baker()};
    const auto before = memory;
    next.write(state(3));
    std::copy_n(before.begin(), LivePage::size / 2, memory.begin());  // either the write or nothing is undone
    EXPECT_GE(next.newest()->stamp.sequence, 2U);
}

TEST_F(LivePageTest, each_changed_byte_of_a_copy_is_noticed) {
    page.write(state(1));
    const auto first = at_newest_copy();
    const auto good = memory;
    for (std::size_t byte = first; byte < first + 160; ++byte) {
        memory = good;
        memory[byte] ^= 1;
        ASSERT_EQ(page.newest(), state(1)) << byte - first;
    }
}

TEST_F(LivePageTest, erased_memory_is_free) {
    page.write(state(1));
    page.write(state(2));
    page.erase();
    EXPECT_EQ(page.newest(), std::nullopt);
    EXPECT_EQ(LivePage::owner_in(memory), std::nullopt);
}

}  // namespace
}  // namespace revenant::gadget::keystore::page_memory
