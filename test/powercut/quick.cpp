// Two shortcuts of this program: random numbers of a seed, so that a run can be repeated, and no guard pages around
// secrets, which cost most of an opening. Nothing here looks for their faults.
#include "test/powercut/quick.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include <sodium.h>
#include <sys/mman.h>

namespace revenant::powercut {
namespace {

std::mt19937_64 engine;

const char* name() {
    return "seeded";
}

std::uint32_t number() {
    return static_cast<std::uint32_t>(engine());
}

void fill(void* const into, const std::size_t size) {
    for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
        const auto word = engine();
        std::memcpy(static_cast<std::uint8_t*>(into) + at, &word, std::min(sizeof word, size - at));
    }
}

randombytes_implementation seeded{name, number, nullptr, nullptr, fill, nullptr};

}  // namespace

void seed_secrets(std::uint64_t seed) {
    engine.seed(seed);
    ::randombytes_set_implementation(&seeded);
}

}  // namespace revenant::powercut

extern "C" {

int mprotect(void*, size_t, int) noexcept {
    return 0;
}
int mlock(const void*, size_t) noexcept {
    return 0;
}
int munlock(const void*, size_t) noexcept {
    return 0;
}
int madvise(void*, size_t, int) noexcept {
    return 0;
}

}  // extern "C"
