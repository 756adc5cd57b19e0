#include "common/core/secret.hpp"

#include <array>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sodium.h>

namespace revenant {
namespace {

TEST(secret, construction_wipes_source) {
    ASSERT_GE(sodium_init(), 0);
    std::array<std::uint8_t, 3> plain{1, 2, 3};
    const Secret secret{plain};
    EXPECT_EQ(plain, (std::array<std::uint8_t, 3>{0, 0, 0}));
    const Secret::Reader reader{secret};
    EXPECT_EQ(reader.bytes()[2], 3);
}

TEST(secret, concurrent_readers_keep_access) {
    ASSERT_GE(sodium_init(), 0);
    std::array<std::uint8_t, 1> plain{7};
    const Secret secret{plain};
    std::vector<std::thread> threads;
    std::array<bool, 4> wrong{};
    for (auto& bad : wrong)
        threads.emplace_back([&] {
            for (int turn = 0; turn < 500; ++turn)
                bad = bad || Secret::Reader{secret}.bytes()[0] != 7;
        });
    for (auto& thread : threads)
        thread.join();
    for (const auto bad : wrong)
        EXPECT_FALSE(bad);
}

TEST(secret_death, read_without_reader_dies) {
    ASSERT_GE(sodium_init(), 0);
    std::array<std::uint8_t, 1> plain{7};
    const Secret secret{plain};
    const std::uint8_t* stray = nullptr;
    {
        const Secret::Reader reader{secret};
        stray = reader.bytes().data();
    }
    EXPECT_DEATH(
        { [[maybe_unused]] const volatile std::uint8_t seen = *const_cast<const volatile std::uint8_t*>(stray); }, "");
}

}  // namespace
}  // namespace revenant
