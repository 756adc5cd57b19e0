#pragma once

#include <type_traits>

#include <sodium/utils.h>

namespace revenant::gadget::keystore {

/// A local variable for a secret within one function: zero-initialised, wiped by the destructor. Use Secret for
/// anything that lives longer.
template <typename T>
struct Zeroizing {
    static_assert(std::is_trivially_copyable_v<T>, "wiping must not skip a destructor");
    Zeroizing() = default;
    Zeroizing(const Zeroizing&) = delete;
    Zeroizing& operator=(const Zeroizing&) = delete;
    ~Zeroizing() { sodium_memzero(&value, sizeof value); }
    T value{};
};

}  // namespace revenant::gadget::keystore
