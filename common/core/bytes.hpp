#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <sodium/utils.h>

namespace revenant {

/// Allocator that wipes memory on deallocation, for buffers that may hold a passphrase before it reaches a Secret.
template <typename T>
struct WipingAllocator {
    using value_type = T;
    WipingAllocator() = default;
    template <typename U>
    explicit WipingAllocator(const WipingAllocator<U>&) noexcept {}
    T* allocate(std::size_t count) { return std::allocator<T>{}.allocate(count); }
    void deallocate(T* items, std::size_t count) noexcept {
        sodium_memzero(items, count * sizeof(T));
        std::allocator<T>{}.deallocate(items, count);
    }
    friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

/// Bytes of a frame, a payload or a file; wiped when freed.
using Bytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;
using ByteView = std::span<const std::uint8_t>;

}  // namespace revenant
