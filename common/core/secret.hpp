#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

namespace revenant {

/// Bytes in guarded memory: page-locked, out of core dumps, between guard pages, unreadable unless a Reader lives,
/// wiped when freed. Movable while nobody reads. Needs sodium_init() to have succeeded. Throws std::bad_alloc also when
/// RLIMIT_MEMLOCK is too low.
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
    /// Moves the bytes in: `plain` is wiped.
    explicit Secret(std::span<std::uint8_t> plain);
    /// `size` bytes, filled in place by `fill`; nothing of them exists elsewhere. What `fill` throws comes through.
    Secret(std::size_t size, const std::function<void(std::span<std::uint8_t>)>& fill);

    [[nodiscard]] std::size_t size() const noexcept { return pages_ ? pages_->size : 0; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// Opens the secret for as long as it lives. Several may be open at once, from any thread. Never across a co_await.
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
