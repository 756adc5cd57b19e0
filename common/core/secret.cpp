#include "common/core/secret.hpp"

#include <algorithm>
#include <new>

#include <sodium.h>

namespace revenant {

void Secret::Free::operator()(std::uint8_t* bytes) const noexcept {
    sodium_free(bytes);  // wipes first
}

Secret::Secret(std::size_t size, const std::function<void(std::span<std::uint8_t>)>& fill)
    : pages_{std::make_unique<Pages>()} {
    pages_->bytes.reset(static_cast<std::uint8_t*>(sodium_malloc(size)));
    if (!pages_->bytes)
        throw std::bad_alloc{};
    pages_->size = size;
    fill({pages_->bytes.get(), size});
    sodium_mprotect_noaccess(pages_->bytes.get());
}

Secret::Secret(std::span<std::uint8_t> plain)
    : Secret{plain.size(), [&](std::span<std::uint8_t> into) { std::copy(plain.begin(), plain.end(), into.begin()); }} {
    sodium_memzero(plain.data(), plain.size());
}

Secret::Reader::Reader(const Secret& secret) : pages_{secret.pages_.get()} {
    if (!pages_)
        return;
    const std::scoped_lock hold{pages_->lock};
    if (pages_->readers++ == 0)
        sodium_mprotect_readonly(pages_->bytes.get());
}

Secret::Reader::~Reader() {
    if (!pages_)
        return;
    const std::scoped_lock hold{pages_->lock};
    if (--pages_->readers == 0)
        sodium_mprotect_noaccess(pages_->bytes.get());
}

std::span<const std::uint8_t> Secret::Reader::bytes() const noexcept {
    return pages_ ? std::span<const std::uint8_t>{pages_->bytes.get(), pages_->size} : std::span<const std::uint8_t>{};
}

}  // namespace revenant
