#include "common/http/message.hpp"

#include <ctime>

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace revenant::http {
namespace {

/// How the receiver finds the end of the content (RFC 9112, 6.3).
std::string framing(const Reply& reply, unsigned version) {
    if (reply.status == Status::not_modified)
        return {};
    if (!reply.stream)
        return fmt::format("Content-Length: {}\r\n", reply.body.size());
    return version >= 11 ? "Transfer-Encoding: chunked\r\n" : "";
}

std::string_view connection(const Reply& reply, unsigned version, bool keep_alive) {
    if (version >= 11)
        return keep_alive ? "" : "Connection: close\r\n";
    return keep_alive && !reply.stream ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
}

}  // namespace

std::string_view reason(Status status) {
    const auto text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(number(status)));
    return {text.data(), text.size()};
}

std::string_view Request::field(std::string_view name) const {
    const auto value = fields[boost::beast::string_view{name.data(), name.size()}];
    return {value.data(), value.size()};
}

std::string_view Request::client_address() const {
    return std::string_view{client}.substr(0, client.rfind(':'));
}

std::string header_of(const Reply& reply, std::string_view server, unsigned version, bool keep_alive) {
    // RFC 9110, 6.6.1 and 5.6.7. fmt's names of days and months are English in every locale.
    auto text = fmt::format("HTTP/1.{} {} {}\r\nDate: {:%a, %d %b %Y %T} GMT\r\nServer: {}\r\n", version >= 11 ? 1 : 0,
                            number(reply.status), reason(reply.status), fmt::gmtime(std::time(nullptr)), server);
    if (reply.status != Status::not_modified)
        text += fmt::format("Content-Type: {}\r\nX-Content-Type-Options: nosniff\r\n", reply.type);
    for (const auto& [name, value] : reply.fields)
        text += fmt::format("{}: {}\r\n", name, value);
    return text.append(framing(reply, version)).append(connection(reply, version, keep_alive)).append("\r\n");
}

}  // namespace revenant::http
