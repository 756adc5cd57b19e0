#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <signal.h>
#include <termios.h>

#include "common/core/fd.hpp"

namespace revenant::host {

/// The terminal for one question. Signals that would end the program wait until its settings are back as they were:
/// they only end the question.
class Terminal {
public:
    /// Throws Failure, with `without_terminal` as its sentence if there is none. `echo`: what is typed is shown.
    Terminal(const std::string& without_terminal, bool echo);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();

    void write(const std::string& text) const;
    /// One line, with its newline. Blocks. Throws Failure when a signal came first.
    std::size_t read(std::span<std::uint8_t> into) const;

private:
    UniqueFd device_, pending_;
    termios before_{};
    sigset_t mask_before_{};
};

/// Whether a person is there to be asked and to be told: standard input and standard error are a terminal, and it is
/// this program's.
bool terminal_is_interactive();

/// Asks a question on the terminal; yields the line without its end. Blocks. Throws Failure, with `without_terminal` as
/// its sentence if there is none.
std::string answer_to(const std::string& question, const std::string& without_terminal);

/// The same with "[y/N]"; true for "y" or "yes".
bool confirmed(const std::string& question, const std::string& without_terminal);

}  // namespace revenant::host
