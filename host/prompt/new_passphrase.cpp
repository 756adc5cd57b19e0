#include "host/prompt/new_passphrase.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "host/error/error.hpp"

namespace revenant::host {
namespace {

bool contains(ByteView text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), [](std::uint8_t byte, char letter) {
               return byte == static_cast<std::uint8_t>(letter);
           }) != text.end();
}

/// Whether the text has an ASCII control character, or one of U+0080 to U+009F in UTF-8.
bool has_control_character(ByteView text) {
    const auto is_control = [](std::uint8_t byte) { return byte < ' ' || byte == 0x7f; };
    const auto is_c1 = [](std::uint8_t first, std::uint8_t second) { return first == 0xc2 && second < 0xa0; };
    return std::any_of(text.begin(), text.end(), is_control) ||
           std::adjacent_find(text.begin(), text.end(), is_c1) != text.end();
}

}  // namespace

void check_new_passphrase(ByteView text) {
    if (contains(text, "\x1b[200~") || contains(text, "\x1b[201~"))
        throw usage_error(
            "the passphrase contains the marks of a pasted text (ESC[200~): type it, or paste it into "
            "a terminal without bracketed paste");
    if (has_control_character(text))
        throw usage_error("the passphrase contains a control character, which prompts reject: choose one without");
    if (contains(text.first(std::min<std::size_t>(text.size(), 3)), "\xef\xbb\xbf"))
        throw usage_error("the passphrase begins with a byte order mark: save its file as UTF-8 without one");
    if (std::any_of(text.begin(), text.end(), [](std::uint8_t byte) { return byte >= 0x80; }))
        fmt::print(stderr,
                   "revenant: the passphrase contains letters beyond ASCII: make sure that every keyboard from which "
                   "you will unlock has them\n");
}

}  // namespace revenant::host
