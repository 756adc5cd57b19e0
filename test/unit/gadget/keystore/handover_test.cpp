#include "gadget/keystore/handover.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

constexpr auto no_swap = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

Secret secret_of(std::uint8_t byte) {
    return Secret{key_size, [byte](std::span<std::uint8_t> into) { std::fill(into.begin(), into.end(), byte); }};
}

std::unique_ptr<Handover> taken(Handover::Made made) {
    auto* handover = std::get_if<std::unique_ptr<Handover>>(&made);
    if (!handover)
        ADD_FAILURE() << std::get<Handover::Unavailable>(made);
    return handover ? std::move(*handover) : nullptr;
}

std::unique_ptr<Handover> inherited(const Handover& from) {
    return taken(Handover::adopt(UniqueFd{::dup(from.fd())}));
}

class handover : public testing::TestWithParam<bool> {
protected:
    handover() { EXPECT_GE(sodium_init(), 0); }
    static std::unique_ptr<Handover> make() {
        return taken(GetParam() ? Handover::create() : Handover::create_memfd(no_swap));
    }
};

TEST_P(handover, next_process_finds_keys) {
    auto first = make();
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->put("baker", secret_of(7)));
    EXPECT_TRUE(first->put("other", secret_of(8)));
    EXPECT_TRUE(first->put("baker", secret_of(9)));
    auto second = inherited(*first);
    ASSERT_TRUE(second);
    first.reset();
    const auto entries = second->entries();
    ASSERT_EQ(entries.size(), 2U);
    for (const auto& [id, key] : entries)
        EXPECT_EQ(Secret::Reader{key}.bytes()[31], id == "baker" ? 9 : 8);
}

TEST_P(handover, empty_handover_is_adopted) {
    auto first = make();
    ASSERT_TRUE(first);
    auto second = inherited(*first);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->entries().empty());
    EXPECT_TRUE(second->put("baker", secret_of(1)));
}

TEST_P(handover, removed_entry_is_wiped) {
    auto first = make();
    ASSERT_TRUE(first);
    void* raw = ::mmap(nullptr, 8192, PROT_READ, MAP_SHARED, first->fd(), 0);
    ASSERT_NE(raw, MAP_FAILED);
    const std::span memory{static_cast<const std::uint8_t*>(raw), 8192};
    const auto holds = [&](std::uint8_t byte) { return std::count(memory.begin(), memory.end(), byte) >= 32; };
    EXPECT_TRUE(first->put("baker", secret_of(0xaa)));
    EXPECT_TRUE(first->put("other", secret_of(0xbb)));
    EXPECT_TRUE(holds(0xaa));
    first->remove("baker");
    EXPECT_FALSE(holds(0xaa));
    EXPECT_TRUE(holds(0xbb));
    first->clear();
    EXPECT_FALSE(holds(0xbb));
    ::munmap(raw, 8192);
    EXPECT_TRUE(inherited(*first));
}

TEST_P(handover, holds_64_keys) {
    auto first = make();
    ASSERT_TRUE(first);
    for (int key = 0; key < 64; ++key)
        EXPECT_TRUE(first->put(std::string(60, 'k') + std::to_string(key), secret_of(1)));
    EXPECT_FALSE(first->put("one-more", secret_of(1)));
    first->remove(std::string(60, 'k') + "5");
    EXPECT_TRUE(first->put("one-more", secret_of(1)));
    EXPECT_EQ(first->entries().size(), 64U);
}

TEST_P(handover, resize_fails) {
    auto first = make();
    ASSERT_TRUE(first);
    EXPECT_NE(::ftruncate(first->fd(), 16384), 0);
    EXPECT_NE(::ftruncate(first->fd(), 0), 0);
}

INSTANTIATE_TEST_SUITE_P(kinds, handover, testing::Bool(),
                         [](const auto& kind) { return kind.param ? "best_available" : "sealed_memfd"; });

TEST(handover_adopt, rejects_foreign_descriptors) {
    const auto refuses = [](UniqueFd fd) {
        return std::holds_alternative<Handover::Unavailable>(Handover::adopt(std::move(fd)));
    };
    EXPECT_TRUE(refuses(UniqueFd{}));
    EXPECT_TRUE(refuses(open_file("/dev/null", O_RDWR)));
    UniqueFd small{::memfd_create("small", MFD_CLOEXEC)};
    EXPECT_TRUE(refuses(std::move(small)));
    UniqueFd unsealed{::memfd_create("unsealed", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    ASSERT_EQ(::ftruncate(unsealed.get(), 8192), 0);
    UniqueFd sealed{::dup(unsealed.get())};
    EXPECT_TRUE(refuses(std::move(unsealed)));
    ASSERT_EQ(::fcntl(sealed.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    EXPECT_TRUE(refuses(std::move(sealed))) << "unknown contents";
}

/// The former owner of a memory without seals could shrink it under the next process.
TEST(handover_adopt, rejects_valid_contents_without_all_seals) {
    ASSERT_GE(sodium_init(), 0);
    const auto valid = taken(Handover::create_memfd(no_swap));
    ASSERT_TRUE(valid);
    std::array<std::uint8_t, 8192> contents{};
    ASSERT_EQ(::pread(valid->fd(), contents.data(), contents.size(), 0), 8192);
    const auto adopted = [&](int seals) {
        UniqueFd copy{::memfd_create("copy", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
        EXPECT_EQ(::pwrite(copy.get(), contents.data(), contents.size(), 0), 8192);
        EXPECT_EQ(::fcntl(copy.get(), F_ADD_SEALS, seals), 0);
        return std::holds_alternative<std::unique_ptr<Handover>>(Handover::adopt(std::move(copy)));
    };
    EXPECT_FALSE(adopted(0));
    EXPECT_FALSE(adopted(F_SEAL_SHRINK | F_SEAL_GROW));
    EXPECT_FALSE(adopted(F_SEAL_SHRINK | F_SEAL_SEAL));
    EXPECT_FALSE(adopted(F_SEAL_GROW | F_SEAL_SEAL));
    EXPECT_TRUE(adopted(F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
}

TEST(handover_swap, only_zram_counts_as_no_swap) {
    const std::string heading = no_swap;
    EXPECT_TRUE(only_zram(heading));
    EXPECT_TRUE(only_zram(heading + "/dev/zram0  partition 1 0 100\n"));
    EXPECT_FALSE(only_zram(heading + "/dev/zram0  partition 1 0 100\n/swapfile file 1 0 -2\n"));
    EXPECT_FALSE(only_zram(heading + "/dev/mmcblk0p3  partition 1 0 -2"));
    EXPECT_FALSE(only_zram("")) << "unreadable";
    EXPECT_TRUE(std::holds_alternative<Handover::Unavailable>(Handover::create_memfd(heading + "/swapfile file\n")));
}

}  // namespace
}  // namespace revenant::gadget::keystore
