#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include <sodium/core.h>
#include <sodium/utils.h>

namespace revenant {

/// Allocator of guarded memory: page-locked, excluded from core dumps, between guard pages, wiped on deallocation.
/// Takes some 30 microseconds, so reuse what it allocated. Initializes libsodium. Throws std::bad_alloc.
template <typename T>
struct GuardedAllocator {
    using value_type = T;
    GuardedAllocator() = default;
    template <typename U>
    explicit GuardedAllocator(const GuardedAllocator<U>&) noexcept {}
    T* allocate(std::size_t count) {
        void* const items = sodium_init() < 0 ? nullptr : sodium_allocarray(count, sizeof(T));
        if (items == nullptr)
            throw std::bad_alloc{};
        return static_cast<T*>(items);
    }
    void deallocate(T* items, std::size_t /*count*/) noexcept { sodium_free(items); }
    friend bool operator==(const GuardedAllocator&, const GuardedAllocator&) { return true; }
};

/// A buffer on the way of a passphrase to the device. Unlike a Secret it is always readable.
using GuardedBytes = std::vector<std::uint8_t, GuardedAllocator<std::uint8_t>>;

/// Wipes and empties the buffer, and keeps its memory.
inline void wipe(GuardedBytes& bytes) {
    sodium_memzero(bytes.data(), bytes.size());
    bytes.clear();
}

}  // namespace revenant
