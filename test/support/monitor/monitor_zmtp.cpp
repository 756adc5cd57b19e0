// Raw ZMTP 3.0 (https://rfc.zeromq.org/spec/23/), since no library sends these invalid messages.
#include "test/support/monitor/monitor_zmtp.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::size_t greeting_size = 64;
constexpr std::uint8_t command = 0x04, long_frame = 0x02, more = 0x01;
constexpr int patience_ms = 5'000;

std::string greeting() {
    std::string bytes = std::string("\xff\0\0\0\0\0\0\0\x01\x7f", 10) + std::string("\x03\0NULL", 6);
    bytes.resize(greeting_size, '\0');
    return bytes;
}

std::string ready() {
    const std::string body = std::string("\x05READY\x0bSocket-Type", 18) + std::string("\0\0\0\x06ROUTER", 10);
    return std::string{static_cast<char>(command), static_cast<char>(body.size())} + body;
}

std::string frame(std::uint8_t flags, const std::string& body) {
    return std::string{static_cast<char>(flags), static_cast<char>(body.size())} + body;
}

/// The header of a frame of 2^31 bytes.
std::string giant_head() {
    return std::string{static_cast<char>(long_frame)} + std::string("\0\0\0\0\x80\0\0\0", 8);
}

/// The MDP/0.2 response that the service exists.
std::string answer() {
    return frame(more, "MDPC02") + frame(more, "\x03") + frame(more, "mmi.service") + frame(0, "200");
}

/// Many parts, none of them the last of the message. libzmq stores 64 bytes for each of these 3-byte frames.
std::string parts() {
    std::string bytes;
    for (int count = 0; count < 20'000; ++count)
        bytes += frame(more, "z");
    return bytes;
}

bool send_all(int peer, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto taken = ::send(peer, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (taken <= 0)
            return false;
        sent += static_cast<std::size_t>(taken);
    }
    return true;
}

/// Reads exactly `size` bytes.
bool take(int peer, std::size_t size) {
    std::array<char, 256> part{};
    while (size > 0) {
        pollfd wanted{peer, POLLIN, 0};
        if (::poll(&wanted, 1, patience_ms) <= 0)
            return false;
        const auto got = ::recv(peer, part.data(), size < part.size() ? size : part.size(), 0);
        if (got <= 0)
            return false;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

/// Reads one short frame.
bool take_frame(int peer, std::uint8_t& flags) {
    std::array<std::uint8_t, 2> head{};
    pollfd wanted{peer, POLLIN, 0};
    if (::poll(&wanted, 1, patience_ms) <= 0 || ::recv(peer, head.data(), head.size(), MSG_WAITALL) != 2)
        return false;
    flags = head[0];
    return take(peer, head[1]);
}

/// Reads READY, possibly PING, then a whole request.
bool take_question(int peer) {
    for (std::uint8_t flags = command; (flags & (command | more)) != 0;)
        if (!take_frame(peer, flags))
            return false;
    return true;
}

void send_without_end(int peer, const std::string& some) {
    while (send_all(peer, some)) {
    }
}

void converse(int peer, const std::string& behaviour) {
    if (!send_all(peer, greeting()) || !take(peer, greeting_size) || !send_all(peer, ready()) || !take_question(peer))
        return;
    const bool giant = behaviour == "giant";
    if (!send_all(peer, giant ? giant_head() : behaviour == "answered" ? answer() : ""))
        return;
    std::printf("%s\n", behaviour.c_str());
    std::fflush(stdout);
    send_without_end(peer, giant ? std::string(65'536, 'z') : parts());
}

}  // namespace

int listen_at(const std::string& port) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port == "*" ? "0" : port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = sizeof address;
    if (::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(server, 512) != 0 ||
        ::getsockname(server, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::perror("monitor_peer");
        std::exit(1);
    }
    std::printf("at %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return server;
}

[[noreturn]] void serve_bytes(const std::string& port, const std::string& behaviour) {
    const int server = listen_at(port);
    for (;;) {
        const int peer = ::accept(server, nullptr, nullptr);
        converse(peer, behaviour);
        ::close(peer);
    }
}
