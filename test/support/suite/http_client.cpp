#include "test/support/suite/http_client.hpp"

#include <array>
#include <stdexcept>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "test/support/suite/raw_host.hpp"

namespace revenant::test {
namespace {

constexpr std::string_view end_of_header = "\r\n\r\n";
constexpr std::string_view length_field = "Content-Length: ";

}  // namespace

boost::json::value HttpAnswer::json() const {
    return boost::json::parse(body);
}

std::string HttpAnswer::message() const {
    const auto trace = json();
    const auto& error = trace.as_array().at(0);
    if (error.at("kind") != "temporary" || error.at("id") != "failure")
        throw std::runtime_error{"not an Octez error: " + body};
    return std::string{error.at("msg").as_string()};
}

HttpClient::HttpClient(unsigned short port)
    : socket_{checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")} {
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&server), sizeof server), "connect");
}

void HttpClient::send(const std::string& bytes) const {
    if (::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error{"the server did not accept the whole request"};
}

void HttpClient::send_all_it_takes(const std::string& bytes) const {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto taken = ::send(socket_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (taken <= 0)
            return;
        sent += static_cast<std::size_t>(taken);
    }
}

bool HttpClient::read_more(const Deadline& deadline) {
    std::array<char, 4096> part;
    if (!deadline.readable(socket_.get()))
        return false;
    const auto size = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (size <= 0)
        return false;
    received_.append(part.data(), static_cast<std::size_t>(size));
    return true;
}

HttpAnswer HttpClient::answer() {
    const Deadline deadline{patience};
    while (received_.find(end_of_header) == std::string::npos)
        if (!read_more(deadline))
            throw std::runtime_error{"no response, but: " + received_};
    HttpAnswer answer;
    const auto size = received_.find(end_of_header) + end_of_header.size();
    answer.header = received_.substr(0, size);
    answer.status = static_cast<unsigned>(std::stoul(answer.header.substr(std::string_view{"HTTP/1.1 "}.size())));
    const auto field = answer.header.find(length_field);
    const auto length = field == std::string::npos ? 0 : std::stoul(answer.header.substr(field + length_field.size()));
    while (received_.size() < size + length)
        if (!read_more(deadline))
            throw std::runtime_error{"incomplete response: " + received_};
    answer.body = received_.substr(size, length);
    received_.erase(0, size + length);
    return answer;
}

HttpAnswer HttpClient::ask(const std::string& method, const std::string& target, const std::string& body) {
    send(fmt::format(
        "{} {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", method,
        target, body.size(), body));
    return answer();
}

bool HttpClient::closed(const Deadline& deadline) const {
    return closed_by_peer(socket_.get(), deadline);
}

}  // namespace revenant::test
