#include "test/supervisor/notify.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/socket.h>
#include <sys/stat.h>

namespace revenant::supervisor {
namespace {

constexpr std::size_t max_message = 4096;
constexpr std::size_t max_descriptors = 8;  // the kernel closes further ones

void take_control(msghdr& header, Notification& into) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET)
            continue;
        const std::size_t size = part->cmsg_len - CMSG_LEN(0);
        if (part->cmsg_type == SCM_CREDENTIALS && size == sizeof(ucred)) {
            ucred who{};
            std::memcpy(&who, CMSG_DATA(part), sizeof who);
            into.sender = who.pid;
        } else if (part->cmsg_type == SCM_RIGHTS) {
            for (std::size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
                into.descriptors.emplace_back(fd);
            }
        }
    }
}

}  // namespace

std::optional<std::string_view> Notification::value(std::string_view name) const {
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
            return line.substr(name.size() + 1);
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    return std::nullopt;
}

NotifySocket::NotifySocket(const asio::any_io_executor& executor, const std::filesystem::path& path)
    : socket_{executor, asio::local::datagram_protocol{}} {
    const int on = 1;
    checked(::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "setsockopt SO_PASSCRED");
    socket_.bind(path.string());
    checked(::chmod(path.c_str(), 0666), "chmod", path);  // services may run as other users; the sender's pid is known
}

awaitable<void> NotifySocket::readable() {
    co_await socket_.async_wait(asio::socket_base::wait_read, use_awaitable);
}

std::optional<Notification> NotifySocket::take() {
    std::array<char, max_message> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(max_descriptors * sizeof(int))> control{};
    iovec content{text.data(), text.size()};
    msghdr header{};
    header.msg_iov = &content;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();

    const ssize_t size = ::recvmsg(socket_.native_handle(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return std::nullopt;
    checked(static_cast<int>(size), "receive a notification");
    Notification message;
    message.text.assign(text.data(), static_cast<std::size_t>(size));
    take_control(header, message);
    return message;
}

}  // namespace revenant::supervisor
