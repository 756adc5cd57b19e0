#pragma once

#include <optional>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/http/message.hpp"

namespace revenant::http {

/// The longest header of a request, in bytes: browsers send the cookies of all programs on 127.0.0.1.
inline constexpr std::uint32_t max_header = 16 * 1024;

/// Reads one request from bytes as they arrive, strictly by RFC 9112: what another server on the way could read
/// differently is rejected.
class RequestReader {
public:
    explicit RequestReader(std::size_t max_body);

    /// Consumes what it can use of the buffer. Returns why the request is rejected.
    std::optional<Rejection> put(boost::beast::flat_buffer& buffer);

    [[nodiscard]] bool done() const { return parser_.is_done(); }
    /// The client waits for "100 Continue" before it sends the body. True once.
    bool expects_continue();

    /// Valid once done().
    [[nodiscard]] bool head() const { return parser_.get().method() == boost::beast::http::verb::head; }
    /// 10 or 11.
    [[nodiscard]] unsigned version() const { return parser_.get().version(); }
    [[nodiscard]] bool keep_alive() const { return parser_.get().keep_alive(); }
    /// The request, once.
    Request take(std::string client);

private:
    std::optional<Rejection> check_header();

    boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
    std::size_t max_body_;
    Target target_;
    bool checked_ = false, told_to_continue_ = false;
};

/// Removes empty lines before a request (RFC 9112, 2.2). Returns whether a request begins.
bool skip_empty_lines(boost::beast::flat_buffer& buffer);

}  // namespace revenant::http
