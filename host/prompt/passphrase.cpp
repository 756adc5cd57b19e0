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

#include "common/wire/message.hpp"
#include "host/error/error.hpp"
#include "host/prompt/terminal.hpp"

namespace revenant::host {
namespace {

/// The longest passphrase and its newline.
constexpr std::size_t line_size = max_passphrase_size + 1;

/// Returns the first line that `fill` provides, without its newline. `fill` writes to guarded memory and returns the
/// size.
template <typename Fill>
Secret first_line(const Fill& fill) {
    std::size_t size = 0;
    const Secret whole{line_size, [&](std::span<std::uint8_t> into) {
                           const auto filled = into.first(fill(into));
                           size =
                               static_cast<std::size_t>(std::find(filled.begin(), filled.end(), '\n') - filled.begin());
                       }};
    if (size == 0 || size > max_passphrase_size)
        throw usage_error(fmt::format("the passphrase is {}: give one of 1 to {} bytes",
                                      size == 0 ? "empty" : "too long", max_passphrase_size));
    const Secret::Reader plain{whole};
    return Secret{size,
                  [&](std::span<std::uint8_t> into) { std::copy_n(plain.bytes().begin(), into.size(), into.begin()); }};
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

Secret ask(const char* prompt) {
    const Terminal terminal{"no terminal to prompt for the passphrase: use --passphrase-fd or --passphrase-env", false};
    auto secret = first_line([&](std::span<std::uint8_t> into) {
        const auto size = terminal.ask(prompt, into);
        terminal.write("\n");  // the typed newline was not echoed
        return size;
    });
    return secret;
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
    auto secret = first_line([&](std::span<std::uint8_t> into) {
        const auto size = std::min(into.size(), text.size());
        std::copy_n(text.begin(), size, into.begin());
        sodium_memzero(text.data(), text.size());  // /proc/PID/environ shows this memory
        return size;
    });
    ::unsetenv(source.variable.c_str());
    return secret;
}

}  // namespace

Secret read_passphrase(const PassphraseSource& source, bool twice) {
    if (source.descriptor)
        return first_line([&](std::span<std::uint8_t> into) { return read_line(*source.descriptor, into); });
    if (auto secret = from_environment(source))
        return std::move(*secret);
    auto secret = ask(twice ? "New passphrase: " : "Passphrase: ");
    if (twice) {
        const auto again = ask("Repeat passphrase: ");
        const Secret::Reader one{secret}, two{again};
        if (one.bytes().size() != two.bytes().size() ||
            sodium_memcmp(one.bytes().data(), two.bytes().data(), one.bytes().size()) != 0)
            throw usage_error("the two passphrases differ: run the command again");
    }
    return secret;
}

}  // namespace revenant::host
