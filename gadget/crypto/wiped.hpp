#pragma once

#include <type_traits>

#include <sodium/utils.h>

namespace revenant::gadget::keystore {

/// A local that a secret passes through within one function: zero at first, wiped at the end. Whatever lasts longer is
/// a Secret.
template <typename T>
struct Wiped {
    static_assert(std::is_trivially_copyable_v<T>, "wiping must not skip a destructor");
    Wiped() = default;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { sodium_memzero(&value, sizeof value); }
    T value{};
};

}  // namespace revenant::gadget::keystore
