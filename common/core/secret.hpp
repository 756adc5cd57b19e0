#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace revenant {

/// Bytes in guarded memory: page-locked, excluded from core dumps, between guard pages, inaccessible unless a Reader
/// exists, wiped when freed. Movable while no Reader exists. Requires a successful sodium_init(). Throws std::bad_alloc
/// also when RLIMIT_MEMLOCK is too low.
class Secret {
    struct Free {
        void operator()(std::uint8_t* bytes) const noexcept;
    };
    struct Pages {
        std::unique_ptr<std::uint8_t, Free> bytes;
        std::size_t size = 0;
        std::mutex lock;
        unsigned readers = 0;
    };

public:
    Secret() = default;  // empty
    /// Copies the bytes and wipes `plain`.
    explicit Secret(std::span<std::uint8_t> plain);
    /// `size` bytes, filled in place by `fill`, so that no other copy exists. Exceptions from `fill` propagate.
    Secret(std::size_t size, const std::function<void(std::span<std::uint8_t>)>& fill);

    [[nodiscard]] std::size_t size() const noexcept { return pages_ ? pages_->size : 0; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// Makes the secret readable during the Reader's lifetime. Several may exist at once, on any thread. Never hold one
    /// across a co_await.
    class Reader {
    public:
        explicit Reader(const Secret& secret);
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;
        ~Reader();
        [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept;

    private:
        Pages* pages_;
    };

private:
    std::unique_ptr<Pages> pages_;
};

}  // namespace revenant
