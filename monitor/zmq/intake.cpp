#include "monitor/zmq/intake.hpp"

#include <array>
#include <charconv>
#include <filesystem>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/tcp.h>  // has more fields of tcp_info than <netinet/tcp.h>; the two conflict
#include <netinet/in.h>
#include <sys/socket.h>

namespace revenant::monitor {
namespace {

/// "tcp://127.0.0.1:5555"; empty if it is not a connected TCP socket.
std::string peer_of(int socket) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0)
        return {};
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (peer.ss_family == AF_INET) {
        const auto& address = reinterpret_cast<const sockaddr_in&>(peer);
        ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
        return fmt::format("tcp://{}:{}", text.data(), ntohs(address.sin_port));
    }
    if (peer.ss_family != AF_INET6)
        return {};
    const auto& address = reinterpret_cast<const sockaddr_in6&>(peer);
    ::inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
    return fmt::format("tcp://[{}]:{}", text.data(), ntohs(address.sin6_port));
}

std::uint64_t bytes_received(int socket) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_bytes_received : 0;
}

}  // namespace

Intake intake_now() {
    Intake all;
    std::error_code failed;
    const std::filesystem::path directory{"/proc/self/fd"};
    for (const auto& entry : std::filesystem::directory_iterator{directory, failed}) {
        const auto name = entry.path().filename().string();
        int descriptor = -1;
        std::from_chars(name.data(), name.data() + name.size(), descriptor);
        if (auto peer = peer_of(descriptor); !peer.empty())
            all[std::move(peer)] += bytes_received(descriptor);
    }
    return all;
}

}  // namespace revenant::monitor
