#pragma once

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <system_error>

#include <pthread.h>

#include "common/core/secret.hpp"

/// What a thread leaves on its stack.
namespace revenant::test {

/// Runs work on a thread whose stack is this object's memory.
class OwnStack {
public:
    /// `work` must not throw.
    void run(std::function<void()> work) {
        memory_->fill(0);
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstack(&attributes, memory_->data(), memory_->size());
        pthread_t thread{};
        const int failed = pthread_create(&thread, &attributes, &OwnStack::start, &work);
        pthread_attr_destroy(&attributes);
        if (failed != 0)
            throw std::system_error{failed, std::generic_category(), "pthread_create"};
        pthread_join(thread, nullptr);
    }

    /// Whether 16 bytes of these, at a multiple of 16, are on the stack.
    [[nodiscard]] bool holds(std::span<const std::uint8_t> bytes) const {
        for (; bytes.size() >= part_size; bytes = bytes.subspan(part_size))
            if (::memmem(memory_->data(), memory_->size(), bytes.data(), part_size) != nullptr)
                return true;
        return false;
    }
    [[nodiscard]] bool holds(const Secret& secret) const { return holds(Secret::Reader{secret}.bytes()); }

private:
    static constexpr std::size_t part_size = 16;
    using Memory = std::array<std::uint8_t, 256 << 10>;
    struct alignas(4096) Aligned : Memory {};

    static void* start(void* work) {
        (*static_cast<std::function<void()>*>(work))();
        return nullptr;
    }

    std::unique_ptr<Aligned> memory_ = std::make_unique<Aligned>();
};

}  // namespace revenant::test
