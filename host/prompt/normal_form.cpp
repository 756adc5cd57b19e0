#include "host/prompt/normal_form.hpp"

#include <algorithm>

#include <utf8proc.h>

namespace revenant::host {
namespace {

constexpr auto form_c = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

/// The text as UTF-32 in `into`. Returns the number of code points, also if `into` is too small; negative if the text
/// is not UTF-8.
utf8proc_ssize_t decompose(const Secret& text, std::span<utf8proc_int32_t> into) {
    const Secret::Reader plain{text};
    return utf8proc_decompose(plain.bytes().data(), static_cast<utf8proc_ssize_t>(plain.bytes().size()), into.data(),
                              static_cast<utf8proc_ssize_t>(into.size()), form_c);
}

}  // namespace

Secret in_normal_form(Secret text) {
    const auto points = decompose(text, {});
    if (points < 0)
        return text;
    // One more, since utf8proc appends a zero byte. A multiple of four bytes, so that sodium_malloc() aligns it.
    const auto room = static_cast<std::size_t>(points) + 1;
    std::size_t size = 0;
    const Secret work{room * sizeof(utf8proc_int32_t), [&](std::span<std::uint8_t> bytes) {
                          auto* const buffer = reinterpret_cast<utf8proc_int32_t*>(bytes.data());
                          decompose(text, {buffer, room});
                          size = static_cast<std::size_t>(utf8proc_reencode(buffer, points, form_c));
                      }};
    const Secret::Reader encoded{work};
    return Secret{size,
                  [&](std::span<std::uint8_t> into) { std::copy_n(encoded.bytes().begin(), size, into.begin()); }};
}

}  // namespace revenant::host
