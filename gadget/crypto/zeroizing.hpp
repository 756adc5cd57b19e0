#pragma once

#include <type_traits>

#include <sodium/utils.h>

namespace revenant::gadget::keystore {

/// A local that a secret passes through within one function: zero at first, wiped at the end. Whatever lasts longer is
/// a Secret.
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
