#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <signal.h>
#include <termios.h>

#include "common/core/fd.hpp"

namespace revenant::host {

/// The terminal for one prompt. SIGINT, SIGTERM, SIGQUIT and SIGHUP are blocked until the destructor has restored the
/// terminal's settings; until then they only end the prompt.
class Terminal {
public:
    /// Throws Error, with the message `without_terminal`, if there is none. `echo`: show the typed text.
    Terminal(const std::string& without_terminal, bool echo);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();

    void write(const std::string& text) const;
    /// Reads one line, with its newline. Blocks. Throws Error when a signal arrives first.
    std::size_t read(std::span<std::uint8_t> into) const;

private:
    UniqueFd device_, pending_;
    termios before_{};
    sigset_t mask_before_{};
};

/// Whether a user can be prompted: standard input and standard error are terminals, and the program has a controlling
/// terminal.
bool terminal_is_interactive();

/// Asks a question on the terminal; yields the line without its end. Blocks. Throws Error, with `without_terminal` as
/// its sentence if there is none.
std::string answer_to(const std::string& question, const std::string& without_terminal);

/// The same with "[y/N]"; true for "y" or "yes".
bool confirmed(const std::string& question, const std::string& without_terminal);

}  // namespace revenant::host
