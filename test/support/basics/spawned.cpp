#include "test/support/basics/spawned.hpp"

#include <array>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char** environ;

namespace revenant::test {
namespace {

struct Pipe {
    UniqueFd read, write;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    checked(::pipe2(ends.data(), O_CLOEXEC), "pipe2");
    return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

pid_t spawn(const std::vector<std::string>& arguments, int output, int into) {
    std::vector<char*> words;
    for (const auto& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, into, output);
    pid_t pid = -1;
    const int failed = ::posix_spawn(&pid, words.front(), &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        throw std::system_error{failed, std::system_category(), "spawn '" + arguments.front() + "'"};
    return pid;
}

}  // namespace

Spawned::Spawned(const std::vector<std::string>& arguments, int output) : lines_{UniqueFd{}} {
    auto pipe = make_pipe();
    pid_ = spawn(arguments, output, pipe.write.get());
    process_ = UniqueFd{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
    lines_ = LineReader{std::move(pipe.read)};
}

Spawned::~Spawned() {
    if (pid_ < 0)
        return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string Spawned::line_with(const std::string& part) {
    const Deadline deadline{milliseconds{10'000}};
    std::string all;
    while (auto line = lines_.next(deadline)) {
        if (line->find(part) != std::string::npos)
            return *line;
        all += *line + '\n';
    }
    throw std::runtime_error{"no line with '" + part + "' within 10 s; received: " + all};
}

void Spawned::skip_lines() {
    while (lines_.next(Deadline{milliseconds{0}})) {
    }
}

std::string Spawned::rest(const Deadline& deadline) {
    std::string all;
    while (auto line = lines_.next(deadline))
        all += *line + '\n';
    return all;
}

void Spawned::signal(int number) const {
    checked(::kill(pid_, number), "kill");
}

int Spawned::wait(const Deadline& deadline) {
    if (!deadline.readable(process_.get()))
        throw std::runtime_error{"the program did not exit before the deadline"};
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace revenant::test
