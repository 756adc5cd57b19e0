#include "host/prompt/terminal.hpp"

#include <array>
#include <cerrno>
#include <initializer_list>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "host/error/error.hpp"

namespace revenant::host {
namespace {

/// The longest line of a terminal in bytes (N_TTY_BUF_SIZE).
constexpr std::size_t max_line = 4096;

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : signals)
        sigaddset(&set, signal);
    return set;
}

UniqueFd own_terminal() {
    return UniqueFd{::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)};
}

}  // namespace

Terminal::Terminal(const std::string& without_terminal, bool echo) : device_{own_terminal()} {
    if (!device_ || ::tcgetattr(device_.get(), &before_) != 0)
        throw usage_error(without_terminal);
    const auto ending = set_of({SIGINT, SIGTERM, SIGQUIT, SIGHUP});
    const auto job_control = set_of({SIGTSTP, SIGCONT});
    ::pthread_sigmask(SIG_BLOCK, &ending, &mask_before_);
    ::pthread_sigmask(SIG_BLOCK, &job_control, nullptr);
    ending_ = UniqueFd{::signalfd(-1, &ending, SFD_CLOEXEC)};
    job_control_ = UniqueFd{::signalfd(-1, &job_control, SFD_CLOEXEC)};
    during_ = before_;
    if (!echo)
        during_.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    during_.c_lflag |= static_cast<tcflag_t>(ICANON);
    ::tcsetattr(device_.get(), TCSAFLUSH, &during_);
}

Terminal::~Terminal() {
    ::tcsetattr(device_.get(), TCSAFLUSH, &before_);
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);  // a pending signal is delivered here
}

void Terminal::write(const std::string& text) const {
    checked(static_cast<int>(::write(device_.get(), text.data(), text.size())), "write to the terminal");
}

std::size_t Terminal::ask(const std::string& prompt, std::span<std::uint8_t> into) const {
    write(prompt);
    for (;;) {
        std::array<pollfd, 3> wait{
            {{device_.get(), POLLIN, 0}, {ending_.get(), POLLIN, 0}, {job_control_.get(), POLLIN, 0}}};
        while (::poll(wait.data(), wait.size(), -1) < 0 && errno == EINTR) {
        }
        if (wait[1].revents != 0)
            throw Error{Fault::interrupted, "interrupted at the prompt; nothing was sent"};
        if (wait[2].revents != 0)
            change_job_state(prompt);
        else
            return static_cast<std::size_t>(
                checked(static_cast<int>(::read(device_.get(), into.data(), into.size())), "read from the terminal"));
    }
}

void Terminal::change_job_state(const std::string& prompt) const {
    signalfd_siginfo signal{};
    checked(static_cast<int>(::read(job_control_.get(), &signal, sizeof signal)), "read from the signal descriptor");
    if (signal.ssi_signo == SIGTSTP)
        return stop();
    ::tcsetattr(device_.get(), TCSAFLUSH, &during_);  // a shell sets its own while it has the terminal
    write(prompt);
}

void Terminal::stop() const {
    ::tcsetattr(device_.get(), TCSAFLUSH, &before_);
    const auto stopping = set_of({SIGTSTP});
    ::kill(::getpid(), SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &stopping, nullptr);  // stops here
    ::pthread_sigmask(SIG_BLOCK, &stopping, nullptr);
    ::kill(::getpid(), SIGCONT);  // where the kernel did not stop it, since no shell could continue it
}

bool terminal_is_interactive() {
    return ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0 && own_terminal();
}

std::string answer_to(const std::string& question, const std::string& without_terminal) {
    const Terminal terminal{without_terminal, true};
    std::array<std::uint8_t, max_line> line{};
    const auto size = terminal.ask(question, line);
    std::string answer{line.begin(), line.begin() + static_cast<std::ptrdiff_t>(size)};
    return answer.substr(0, answer.find('\n'));
}

bool confirmed(const std::string& question, const std::string& without_terminal) {
    const auto answer = answer_to(question + " [y/N] ", without_terminal);
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace revenant::host
