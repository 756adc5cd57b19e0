#include "host/passphrase.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "common/wire/message.hpp"
#include "host/failure.hpp"

namespace revenant::host {
namespace {

/// Room for the longest passphrase and the end of its line.
constexpr std::size_t line_size = max_passphrase_size + 1;

/// The terminal for one question. Signals that would end the program wait until its settings are back as they were:
/// they only end the question.
class Terminal {
public:
    Terminal(const std::string& without_terminal, bool echo)
        : device_{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)} {
        if (!device_ || ::tcgetattr(device_.get(), &before_) != 0)
            throw wrong_words(without_terminal);
        sigset_t ending;
        sigemptyset(&ending);
        for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP})
            sigaddset(&ending, signal);
        ::pthread_sigmask(SIG_BLOCK, &ending, &mask_before_);
        pending_ = UniqueFd{::signalfd(-1, &ending, SFD_CLOEXEC)};
        auto settings = before_;
        if (!echo)
            settings.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        settings.c_lflag |= static_cast<tcflag_t>(ICANON);
        ::tcsetattr(device_.get(), TCSAFLUSH, &settings);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        ::tcsetattr(device_.get(), TCSAFLUSH, &before_);
        ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);  // a signal that came is delivered here
    }

    void write(const std::string& text) const {
        checked(static_cast<int>(::write(device_.get(), text.data(), text.size())), "write to the terminal");
    }
    /// One line, with its newline; throws Failure when a signal came first.
    std::size_t read(std::span<std::uint8_t> into) const {
        std::array<pollfd, 2> wait{{{device_.get(), POLLIN, 0}, {pending_.get(), POLLIN, 0}}};
        while (::poll(wait.data(), wait.size(), -1) < 0 && errno == EINTR) {
        }
        if (wait[1].revents != 0)
            throw Failure{Exit::interrupted, "interrupted", "interrupted at the prompt; nothing was sent"};
        return static_cast<std::size_t>(
            checked(static_cast<int>(::read(device_.get(), into.data(), into.size())), "read from the terminal"));
    }

private:
    UniqueFd device_, pending_;
    termios before_{};
    sigset_t mask_before_{};
};

/// The first line that `fill` gives, without its end. `fill` returns how many bytes it put into guarded memory.
template <typename Fill>
Secret first_line(const Fill& fill) {
    std::size_t size = 0;
    const Secret whole{line_size, [&](std::span<std::uint8_t> into) {
                           const auto filled = into.first(fill(into));
                           size =
                               static_cast<std::size_t>(std::find(filled.begin(), filled.end(), '\n') - filled.begin());
                       }};
    if (size == 0 || size > max_passphrase_size)
        throw wrong_words(fmt::format("the passphrase is {}: give one of 1 to {} bytes",
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
            throw wrong_words(
                fmt::format("cannot read the passphrase from descriptor {}: {}; give one that is open "
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
    const Terminal terminal{
        "there is no terminal to ask for the passphrase on: give it with --passphrase-fd or --passphrase-env", false};
    terminal.write(prompt);
    auto secret = first_line([&](std::span<std::uint8_t> into) {
        const auto size = terminal.read(into);
        terminal.write("\n");  // the newline was not echoed either
        return size;
    });
    return secret;
}

std::optional<Secret> from_environment(const PassphraseSource& source) {
    char* const value = std::getenv(source.variable.c_str());
    if (value == nullptr) {
        if (source.variable_required)
            throw wrong_words(fmt::format("the environment variable {} is not set: it was named for the passphrase",
                                          source.variable));
        return std::nullopt;
    }
    const std::span text{reinterpret_cast<std::uint8_t*>(value), std::strlen(value)};
    auto secret = first_line([&](std::span<std::uint8_t> into) {
        const auto size = std::min(into.size(), text.size());
        std::copy_n(text.begin(), size, into.begin());
        sodium_memzero(text.data(), text.size());  // it is the memory that /proc/PID/environ shows
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
        const auto again = ask("The same again: ");
        const Secret::Reader one{secret}, two{again};
        if (one.bytes().size() != two.bytes().size() ||
            sodium_memcmp(one.bytes().data(), two.bytes().data(), one.bytes().size()) != 0)
            throw wrong_words("the two passphrases differ: run the command again and type the same one twice");
    }
    return secret;
}

bool confirmed(const std::string& question, const std::string& without_terminal) {
    const Terminal terminal{without_terminal, true};
    terminal.write(question + " [y/N] ");
    std::array<std::uint8_t, 64> line{};
    const auto size = terminal.read(line);
    const std::string answer{line.begin(), line.begin() + static_cast<std::ptrdiff_t>(size)};
    return answer == "y\n" || answer == "Y\n" || answer == "yes\n";
}

}  // namespace revenant::host
