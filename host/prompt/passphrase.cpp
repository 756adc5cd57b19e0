#include "host/prompt/passphrase.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include "common/core/bytes.hpp"
#include "common/wire/message.hpp"
#include "host/error/error.hpp"
#include "host/prompt/new_passphrase.hpp"
#include "host/prompt/normal_form.hpp"
#include "host/prompt/terminal.hpp"

namespace revenant::host {
namespace {

/// The longest passphrase and its end of line.
constexpr std::size_t line_size = max_passphrase_size + 2;

void check_size(std::size_t size) {
    if (size == 0 || size > max_passphrase_size)
        throw usage_error(fmt::format("the passphrase is {}: give one of 1 to {} bytes",
                                      size == 0 ? "empty" : "too long", max_passphrase_size));
}

/// The size of the first line without its end, LF or CRLF.
std::size_t first_line_size(ByteView text) {
    const auto size = static_cast<std::size_t>(std::find(text.begin(), text.end(), '\n') - text.begin());
    return size > 0 && size < text.size() && text[size - 1] == '\r' ? size - 1 : size;
}

/// Returns the first line that `fill` provides. `fill` writes to guarded memory and returns the size.
template <typename Fill>
Secret first_line(const Fill& fill, bool exact) {
    std::size_t size = 0;
    const Secret whole{line_size,
                       [&](std::span<std::uint8_t> into) { size = first_line_size(into.first(fill(into))); }};
    check_size(size);
    const Secret::Reader plain{whole};
    Secret line{size,
                [&](std::span<std::uint8_t> into) { std::copy_n(plain.bytes().begin(), into.size(), into.begin()); }};
    if (exact)
        return line;
    line = in_normal_form(std::move(line));
    check_size(line.size());
    return line;
}

std::size_t read_line(int descriptor, std::span<std::uint8_t> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        const auto size = ::read(descriptor, into.data() + filled, into.size() - filled);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            throw usage_error(
                fmt::format("cannot read the passphrase from descriptor {}: {}; use one that is open "
                            "for reading",
                            descriptor, std::generic_category().message(errno)));
        const auto part = into.subspan(filled, static_cast<std::size_t>(size));
        filled += part.size();
        if (part.empty() || std::find(part.begin(), part.end(), '\n') != part.end())
            break;
    }
    return filled;
}

Secret ask(const char* prompt, bool exact) {
    const Terminal terminal{"no terminal to prompt for the passphrase: use --passphrase-fd or --passphrase-env", false};
    const auto read = [&](std::span<std::uint8_t> into) {
        const auto size = terminal.ask(prompt, into);
        terminal.write("\n");  // the typed newline was not echoed
        return size;
    };
    return first_line(read, exact);
}

std::optional<Secret> from_environment(const PassphraseSource& source) {
    char* const value = std::getenv(source.variable.c_str());
    if (value == nullptr) {
        if (source.variable_required)
            throw usage_error(
                fmt::format("the environment variable {} is not set: set it to the passphrase", source.variable));
        return std::nullopt;
    }
    const std::span text{reinterpret_cast<std::uint8_t*>(value), std::strlen(value)};
    const auto take = [&](std::span<std::uint8_t> into) {
        const auto size = std::min(into.size(), text.size());
        std::copy_n(text.begin(), size, into.begin());
        sodium_memzero(text.data(), text.size());  // /proc/PID/environ shows this memory
        return size;
    };
    auto secret = first_line(take, source.exact);
    ::unsetenv(source.variable.c_str());
    return secret;
}

Secret ask_twice(bool exact) {
    auto secret = ask("New passphrase: ", exact);
    const auto again = ask("Repeat passphrase: ", exact);
    const Secret::Reader one{secret}, two{again};
    if (one.bytes().size() != two.bytes().size() ||
        sodium_memcmp(one.bytes().data(), two.bytes().data(), one.bytes().size()) != 0)
        throw usage_error("the two passphrases differ: run the command again");
    return secret;
}

Secret from_first_source(const PassphraseSource& source, bool is_new) {
    const auto read = [&](std::span<std::uint8_t> into) { return read_line(*source.descriptor, into); };
    if (source.descriptor)
        return first_line(read, source.exact);
    if (auto secret = from_environment(source))
        return std::move(*secret);
    return is_new ? ask_twice(source.exact) : ask("Passphrase: ", source.exact);
}

}  // namespace

Secret read_passphrase(const PassphraseSource& source, bool is_new) {
    auto secret = from_first_source(source, is_new);
    if (is_new)
        check_new_passphrase(Secret::Reader{secret}.bytes());
    return secret;
}

}  // namespace revenant::host
