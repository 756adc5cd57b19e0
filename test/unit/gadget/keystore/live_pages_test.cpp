#include "gadget/keystore/live_pages.hpp"

#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

namespace revenant::gadget::keystore {
namespace {

class LivePagesTest : public testing::Test {
protected:
    static std::unique_ptr<LivePages> made(LivePages::Made result) {
        auto* pages = std::get_if<std::unique_ptr<LivePages>>(&result);
        if (pages == nullptr)
            ADD_FAILURE() << std::get<LivePages::Unavailable>(result);
        return pages != nullptr ? std::move(*pages) : nullptr;
    }
    static std::unique_ptr<LivePages> inherited(const LivePages& from) {
        return made(LivePages::adopt(UniqueFd{::dup(from.fd())}));
    }
    static PageOwner owner(std::uint8_t key, std::uint8_t chain = 1) { return {{key}, {chain}}; }
    static LivePage::State state(std::uint64_t sequence) { return {{sequence, 5}, Marks{}}; }

    const bool sodium = sodium_init() >= 0;
    std::unique_ptr<LivePages> pages = made(LivePages::create());
};

TEST_F(LivePagesTest, next_process_finds_each_page) {
    pages->page(owner(1))->write(state(3));
    pages->page(owner(1, 2))->write(state(4));
    pages->page(owner(2))->write(state(5));
    const auto next = inherited(*pages);
    pages.reset();
    EXPECT_EQ(next->page(owner(1))->newest(), state(3));
    EXPECT_EQ(next->page(owner(1, 2))->newest(), state(4));
    EXPECT_EQ(next->page(owner(2))->newest(), state(5));
    EXPECT_EQ(next->page(owner(3))->newest(), std::nullopt);
}

TEST_F(LivePagesTest, unwritten_page_in_use_is_not_given_twice) {
    const auto first = pages->page(owner(1));
    const auto second = pages->page(owner(2));
    first->write(state(1));
    second->write(state(2));
    EXPECT_EQ(first->newest(), state(1));
    EXPECT_EQ(second->newest(), state(2));
}

TEST_F(LivePagesTest, full_memory_gives_none_until_one_is_erased) {
    for (std::size_t number = 0; number < LivePages::capacity; ++number)
        pages->page(owner(static_cast<std::uint8_t>(number / 8), static_cast<std::uint8_t>(number % 8)))
            ->write(state(1));
    EXPECT_EQ(pages->page(owner(100)), nullptr);
    EXPECT_NE(pages->page(owner(3, 7)), nullptr) << "its own page";
    pages->erase(owner(3).key);
    EXPECT_EQ(pages->page(owner(3, 7))->newest(), std::nullopt);
    EXPECT_NE(pages->page(owner(100)), nullptr);
    EXPECT_EQ(pages->page(owner(4, 7))->newest(), state(1)) << "of another key";
}

TEST_F(LivePagesTest, resize_fails) {
    EXPECT_NE(::ftruncate(pages->fd(), 4096), 0);
    EXPECT_NE(::ftruncate(pages->fd(), 1 << 20), 0);
}

TEST_F(LivePagesTest, rejects_foreign_descriptors) {
    const auto refuses = [](UniqueFd fd) {
        return std::holds_alternative<LivePages::Unavailable>(LivePages::adopt(std::move(fd)));
    };
    EXPECT_TRUE(refuses(UniqueFd{}));
    EXPECT_TRUE(refuses(open_file("/dev/null", O_RDWR)));
    UniqueFd small{::memfd_create("small", MFD_CLOEXEC)};
    EXPECT_TRUE(refuses(std::move(small)));
    constexpr auto size = 4096 + LivePages::capacity * LivePage::size;
    UniqueFd unsealed{::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    ASSERT_EQ(::ftruncate(unsealed.get(), size), 0);
    UniqueFd sealed{::dup(unsealed.get())};
    EXPECT_TRUE(refuses(std::move(unsealed)));
    ASSERT_EQ(::fcntl(sealed.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    EXPECT_TRUE(refuses(std::move(sealed))) << "unknown contents";
}

// Another process could truncate it, and the next access would end this one.
TEST_F(LivePagesTest, memory_without_seals_is_rejected) {
    constexpr auto size = 4096 + LivePages::capacity * LivePage::size;
    std::vector<std::uint8_t> contents(size);
    ASSERT_EQ(::pread(pages->fd(), contents.data(), size, 0), static_cast<ssize_t>(size));
    UniqueFd unsealed{::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    ASSERT_EQ(::pwrite(unsealed.get(), contents.data(), size, 0), static_cast<ssize_t>(size));
    EXPECT_TRUE(std::holds_alternative<LivePages::Unavailable>(LivePages::adopt(std::move(unsealed))));
}

}  // namespace
}  // namespace revenant::gadget::keystore
