#include "test/support/basics/wait.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/local/stream_protocol.hpp>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_line = 65'536;

fs::path nearest_directory(fs::path path) {
    do
        path = path.parent_path();
    while (!fs::is_directory(path));
    return path;
}

void drain(int inotify) {
    std::array<char, 4096> events{};
    while (::read(inotify, events.data(), events.size()) > 0) {
    }
}

}  // namespace

milliseconds Deadline::left() const {
    const auto left = std::chrono::ceil<milliseconds>(end_ - std::chrono::steady_clock::now());
    return std::max(left, milliseconds::zero());
}

bool Deadline::readable(int descriptor) const {
    pollfd wanted{descriptor, POLLIN, 0};
    return ::poll(&wanted, 1, static_cast<int>(left().count())) > 0;
}

bool wait_for_path(const fs::path& path, bool wanted, const Deadline& deadline) {
    const UniqueFd inotify{checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "inotify_init1")};
    const auto there = [&] { return fs::exists(fs::symlink_status(path)); };
    while (there() != wanted) {
        // The directory may change between the check and the watch, so check again before waiting.
        const auto directory = nearest_directory(path);
        ::inotify_add_watch(inotify.get(), directory.c_str(),
                            IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF);
        if (there() == wanted)
            return true;
        if (nearest_directory(path) == directory && !deadline.readable(inotify.get()))
            return there() == wanted;
        drain(inotify.get());
    }
    return true;
}

UniqueFd connect_to(const fs::path& socket) {
    UniqueFd link{checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")};
    const boost::asio::local::stream_protocol::endpoint server{socket.string()};
    checked(::connect(link.get(), server.data(), static_cast<socklen_t>(server.size())), "connect", socket);
    return link;
}

std::optional<std::string> LineReader::next(const Deadline& deadline) {
    for (;;) {
        if (const auto end = pending_.find('\n'); end != std::string::npos) {
            auto line = pending_.substr(0, end);
            pending_.erase(0, end + 1);
            return line;
        }
        if (pending_.size() > max_line || !deadline.readable(from_.get()))
            return std::nullopt;
        std::array<char, 4096> part{};
        const auto size = ::read(from_.get(), part.data(), part.size());
        if (size <= 0)
            return std::nullopt;
        pending_.append(part.data(), static_cast<std::size_t>(size));
    }
}

void LineReader::finish(const Deadline& deadline) {
    ::shutdown(from_.get(), SHUT_WR);
    std::array<char, 4096> rest{};
    while (deadline.readable(from_.get()) && ::read(from_.get(), rest.data(), rest.size()) > 0) {
    }
}

}  // namespace revenant::test
