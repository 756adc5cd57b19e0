#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <signal.h>
#include <termios.h>

#include "common/core/fd.hpp"

namespace revenant::host {

/// The terminal for one prompt. SIGINT, SIGTERM, SIGQUIT and SIGHUP are blocked until the destructor has restored the
/// terminal's settings; until then they only end the prompt. SIGTSTP (Ctrl-Z) restores the settings and stops the
/// program; when it is continued, also after SIGSTOP, the prompt begins again.
class Terminal {
public:
    /// Throws Error, with the message `without_terminal`, if there is none. `echo`: show the typed text.
    Terminal(const std::string& without_terminal, bool echo);
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal();

    void write(const std::string& text) const;
    /// Writes `prompt` and reads one line, with its newline. Blocks. Throws Error when a signal arrives first.
    std::size_t ask(const std::string& prompt, std::span<std::uint8_t> into) const;

private:
    /// Takes one SIGTSTP or SIGCONT.
    void change_job_state(const std::string& prompt) const;
    void stop() const;

    UniqueFd device_, ending_, job_control_;
    termios before_{}, during_{};
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
