#include "test/supervisor/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace revenant::supervisor {
namespace {

constexpr int first_passed = 3;

/// Everything that the new process needs, prepared before fork(): afterwards it may neither allocate nor lock.
class Launch {
public:
    explicit Launch(const Command& command) : nothing_{open_file("/dev/null", O_RDWR)} {
        if (command.argv.empty() || command.passed.size() > max_passed)
            throw std::system_error{std::make_error_code(std::errc::invalid_argument), "start a program"};
        for (const auto& word : command.argv)
            argv_.push_back(const_cast<char*>(word.c_str()));  // execve() takes char* but does not modify
        argv_.push_back(nullptr);
        build_environment(command);
        standard_ = {nothing_.get(), or_nothing(command.output), or_nothing(command.errors)};
        passed_count_ = command.passed.size();
        std::copy(command.passed.begin(), command.passed.end(), passed_.begin());
    }

    /// Called in the new process. Returns only on failure, with errno set.
    void become(pid_t parent, int& report) noexcept {
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent)
            ::_exit(1);  // the parent died before PR_SET_PDEATHSIG took effect
        for (auto& variable : pids_)
            std::to_chars(variable.data() + variable.size() - pid_room, variable.data() + variable.size(), ::getpid());
        if (!arrange_descriptors(report))
            return;
        reset_signals();
        ::execve(argv_[0], argv_.data(), environment_.data());
    }

private:
    static constexpr std::size_t pid_room = 12;

    [[nodiscard]] int or_nothing(int fd) const noexcept { return fd >= 0 ? fd : nothing_.get(); }

    void build_environment(const Command& command) {
        // Variables from our own service manager must not reach our children.
        constexpr std::array<std::string_view, 6> ours{"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
                                                       "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES"};
        const auto name_of = [](std::string_view variable) { return variable.substr(0, variable.find('=')); };
        for (char** variable = ::environ; *variable; ++variable)
            if (std::find(ours.begin(), ours.end(), name_of(*variable)) == ours.end())
                strings_.emplace_back(*variable);
        for (const auto& variable : command.environment) {
            std::erase_if(strings_, [&](const auto& old) { return name_of(old) == name_of(variable); });
            strings_.push_back(variable);
        }
        for (const auto& name : command.pid_variables)
            pids_.push_back(name + '=' + std::string(pid_room, '\0'));
        for (auto* const list : {&strings_, &pids_})
            for (auto& variable : *list)
                environment_.push_back(variable.data());
        environment_.push_back(nullptr);
    }

    /// Places the standard descriptors and 3, 4, ..., moves `report` out of their way, and marks all others
    /// close-on-exec.
    bool arrange_descriptors(int& report) noexcept {
        const int above = first_passed + static_cast<int>(passed_count_);
        const auto move = [above](int& fd) {
            fd = ::fcntl(fd, F_DUPFD_CLOEXEC, above);  // a later dup2() could otherwise overwrite one still needed
            return fd >= 0;
        };
        if (!move(report) || !std::all_of(standard_.begin(), standard_.end(), [&](int& fd) { return move(fd); }))
            return false;
        for (std::size_t i = 0; i < passed_count_; ++i)
            if (!move(passed_[i]))
                return false;
        for (int i = 0; i < first_passed; ++i)
            if (::dup2(standard_[static_cast<std::size_t>(i)], i) < 0)
                return false;
        for (std::size_t i = 0; i < passed_count_; ++i)
            if (::dup2(passed_[i], first_passed + static_cast<int>(i)) < 0)
                return false;
        return ::close_range(static_cast<unsigned>(above), ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    }

    /// exec() keeps ignored and blocked signals, but a service must start with neither.
    static void reset_signals() noexcept {
        struct sigaction standard {};
        standard.sa_handler = SIG_DFL;
        for (int number = 1; number < NSIG; ++number)
            ::sigaction(number, &standard, nullptr);  // fails for KILL, STOP and libc's own, as intended
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
    }

    UniqueFd nothing_;
    std::vector<char*> argv_, environment_;
    std::vector<std::string> strings_, pids_;
    std::array<int, first_passed> standard_{};
    std::array<int, max_passed> passed_{};
    std::size_t passed_count_ = 0;
};

/// Blocks all signals: one between fork() and exec() would run the parent's handlers in the child, and a handler of the
/// event loop writes to a pipe that both share.
class SignalsHeldBack {
public:
    SignalsHeldBack() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsHeldBack(const SignalsHeldBack&) = delete;
    SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;
    ~SignalsHeldBack() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

/// Returns the errno of the new process's failure; 0 after a successful exec, which closes the pipe.
int read_report(int pipe) {
    int failure = 0;
    ssize_t size = 0;
    do
        size = ::read(pipe, &failure, sizeof failure);
    while (size < 0 && errno == EINTR);
    return size == sizeof failure ? failure : 0;
}

}  // namespace

Child::Child(const Command& command) {
    Launch launch{command};
    std::array<int, 2> ends{};
    checked(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
    const UniqueFd report{ends[0]};
    UniqueFd reporter{ends[1]};

    const pid_t parent = ::getpid();
    {
        const SignalsHeldBack held;
        pid_ = ::fork();
        if (pid_ == 0) {
            int to = reporter.get();
            launch.become(parent, to);
            const int failure = errno;
            [[maybe_unused]] const auto told = ::write(to, &failure, sizeof failure);
            ::_exit(127);
        }
    }
    checked(pid_, "fork");
    reporter.reset();
    const int failure = read_report(report.get());
    if (failure == 0)
        ended_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    if (!ended_) {
        const std::error_code error{failure != 0 ? failure : errno, std::system_category()};
        signal(SIGKILL);
        reap();
        throw std::system_error{error, "run '" + command.argv.front() + "'"};
    }
}

Child::Child(Child&& other) noexcept : pid_{std::exchange(other.pid_, -1)}, ended_{std::move(other.ended_)} {}

Child::~Child() {
    if (pid_ < 0)
        return;
    signal_group(SIGKILL);
    reap();
}

void Child::signal(int number) const noexcept {
    if (pid_ > 0)
        ::kill(pid_, number);  // not reaped yet, so the pid is still valid
}

void Child::signal_group(int number) const noexcept {
    if (pid_ > 0)
        ::kill(-pid_, number);
}

int Child::reap() {
    siginfo_t how{};
    while (::waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    signal_group(SIGKILL);  // the group id cannot be reused while its leader is unreaped
    ::waitid(P_PID, static_cast<id_t>(std::exchange(pid_, -1)), &how, WEXITED);
    return how.si_code == CLD_EXITED ? how.si_status : 128 + how.si_status;
}

std::string describe_exit(int code) {
    if (code < 128)
        return "exit code " + std::to_string(code);
    return "signal " + std::to_string(code - 128) + " (" + ::strsignal(code - 128) + ")";
}

}  // namespace revenant::supervisor
