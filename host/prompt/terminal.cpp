#include "host/prompt/terminal.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "host/error/error.hpp"

namespace revenant::host {
namespace {

/// The longest line of a terminal in bytes (N_TTY_BUF_SIZE).
constexpr std::size_t max_line = 4096;

UniqueFd own_terminal() {
    return UniqueFd{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
}

}  // namespace

Terminal::Terminal(const std::string& without_terminal, bool echo) : device_{own_terminal()} {
    if (!device_ || ::tcgetattr(device_.get(), &before_) != 0)
        throw usage_error(without_terminal);
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

Terminal::~Terminal() {
    ::tcsetattr(device_.get(), TCSAFLUSH, &before_);
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);  // a pending signal is delivered here
}

void Terminal::write(const std::string& text) const {
    checked(static_cast<int>(::write(device_.get(), text.data(), text.size())), "write to the terminal");
}

std::size_t Terminal::read(std::span<std::uint8_t> into) const {
    std::array<pollfd, 2> wait{{{device_.get(), POLLIN, 0}, {pending_.get(), POLLIN, 0}}};
    while (::poll(wait.data(), wait.size(), -1) < 0 && errno == EINTR) {
    }
    if (wait[1].revents != 0)
        throw Error{Fault::interrupted, "interrupted at the prompt; nothing was sent"};
    return static_cast<std::size_t>(
        checked(static_cast<int>(::read(device_.get(), into.data(), into.size())), "read from the terminal"));
}

bool terminal_is_interactive() {
    return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0 && own_terminal();
}

std::string answer_to(const std::string& question, const std::string& without_terminal) {
    const Terminal terminal{without_terminal, true};
    terminal.write(question);
    std::array<std::uint8_t, max_line> line{};
    const auto size = terminal.read(line);
    std::string answer{line.begin(), line.begin() + static_cast<std::ptrdiff_t>(size)};
    return answer.substr(0, answer.find('\n'));
}

bool confirmed(const std::string& question, const std::string& without_terminal) {
    const auto answer = answer_to(question + " [y/N] ", without_terminal);
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace revenant::host
