#include "test/support/monitor/stream_client.hpp"

#include <array>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>

namespace revenant::test {

StreamClient::StreamClient(unsigned short port, int receive_buffer)
    : socket_{checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")} {
    if (receive_buffer > 0)
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&server), sizeof server), "connect");
}

void StreamClient::ask(const std::string& target, const std::string& version, const std::string& lines,
                       const std::string& host) {
    const auto named = host.empty() ? "" : "Host: " + host + "\r\n";
    const auto request = "GET " + target + " HTTP/" + version + "\r\n" + named + lines + "\r\n";
    if (::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        throw std::runtime_error{"the server did not accept the request"};
}

bool StreamClient::read_some(const Deadline& deadline) {
    std::array<char, 16'384> part;
    if (!deadline.readable(socket_.get()))
        return false;
    const auto size = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (size <= 0)
        return false;
    received_.append(part.data(), static_cast<std::size_t>(size));
    if (streaming_)
        take_body();
    return true;
}

std::string StreamClient::header() {
    const Deadline deadline{milliseconds{10'000}};
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos)
        if (!read_some(deadline))
            throw std::runtime_error{"no response header received, only: " + received_};
    auto header = received_.substr(0, end + 4);
    received_.erase(0, end + 4);
    chunked_ = header.find("Transfer-Encoding: chunked") != std::string::npos;
    streaming_ = header.find("text/event-stream") != std::string::npos;
    if (streaming_)
        take_body();
    return header;
}

/// Passes complete parts of the body to the event reader.
void StreamClient::take_body() {
    std::string bytes;
    if (!chunked_)
        bytes = std::exchange(received_, "");
    for (std::size_t end = 0; chunked_ && (end = received_.find("\r\n")) != std::string::npos;) {
        const auto size = std::stoul(received_.substr(0, end), nullptr, 16);
        if (received_.size() < end + 2 + size + 2)
            break;
        if (received_.compare(end + 2 + size, 2, "\r\n") != 0)
            throw std::runtime_error{"a chunk does not end at its declared size"};
        bytes += received_.substr(end + 2, size);
        received_.erase(0, end + 2 + size + 2);
        last_chunk_ = size == 0;
    }
    for (auto& event : reader_.read(bytes))
        events_.push_back(std::move(event));
}

ReadEvent StreamClient::next(const std::string& name, const Deadline& deadline) {
    for (;;) {
        while (!events_.empty()) {
            auto event = std::move(events_.front());
            events_.pop_front();
            if (event.name == name)
                return event;
        }
        if (!read_some(deadline))
            throw std::runtime_error{"no event '" + name + "' received"};
    }
}

bool StreamClient::read_until_end(const Deadline& deadline) {
    while (read_some(deadline)) {
    }
    return deadline.left().count() > 0;
}

std::string StreamClient::body() {
    const Deadline deadline{milliseconds{10'000}};
    while (read_some(deadline)) {
    }
    return std::exchange(received_, "");
}

}  // namespace revenant::test
