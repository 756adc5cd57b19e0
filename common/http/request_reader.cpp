#include "common/http/request_reader.hpp"

#include <utility>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>

namespace revenant::http {
namespace {

namespace beast = boost::beast::http;

Rejection invalid(std::string_view why) {
    return {Status::bad_request, fmt::format("invalid HTTP request ({}): send a request of HTTP/1.1", why)};
}

/// The last coding must be "chunked", once: else the end of the body is unknown. RFC 9112, 6.1 and 6.3.
std::optional<Rejection> check_transfer_coding(const beast::fields& fields, unsigned version) {
    std::vector<std::string> codings;
    const auto [begin, end] = fields.equal_range(beast::field::transfer_encoding);
    for (auto each = begin; each != end; ++each) {
        std::vector<std::string> list;
        const std::string value{each->value()};
        boost::algorithm::split(list, value, boost::algorithm::is_any_of(","));
        codings.insert(codings.end(), list.begin(), list.end());
    }
    if (codings.empty())
        return std::nullopt;
    if (version < 11)
        return invalid("Transfer-Encoding in HTTP/1.0");
    const auto chunked = [](std::string coding) {
        return boost::algorithm::iequals(boost::algorithm::trim_copy(std::move(coding)), "chunked");
    };
    if (!chunked(codings.back()) || std::count_if(codings.begin(), codings.end(), chunked) != 1)
        return invalid("the transfer coding is not chunked");
    if (codings.size() > 1)
        return Rejection{Status::not_implemented, "unknown transfer coding: send chunked alone"};
    return std::nullopt;
}

/// RFC 9112, 3.2.
std::optional<Rejection> check_host(const beast::fields& fields, unsigned version) {
    const auto count = fields.count(beast::field::host);
    if (count > 1)
        return invalid("more than one Host");
    if (count == 0)
        return version >= 11 ? std::optional{invalid("no Host")} : std::nullopt;
    const auto value = fields[beast::field::host];
    if (!value.empty() && !is_authority({value.data(), value.size()}))
        return invalid("invalid Host");
    return std::nullopt;
}

std::optional<Rejection> rejection_of(const boost::system::error_code& failed, std::size_t max_body) {
    if (!failed || failed == beast::error::need_more)
        return std::nullopt;
    if (failed == beast::error::body_limit)
        return Rejection{Status::content_too_large,
                         max_body == 0
                             ? "the request has a body: send none"
                             : fmt::format("the body of the request is longer than {} bytes: send less", max_body)};
    if (failed == beast::error::header_limit)
        return Rejection{Status::header_too_large,
                         fmt::format("the request's header is longer than {} bytes: send less", max_header)};
    return invalid(failed.message());
}

}  // namespace

RequestReader::RequestReader(std::size_t max_body) : max_body_{max_body} {
    parser_.header_limit(max_header);
    parser_.body_limit(max_body);
    parser_.eager(true);
}

std::optional<Rejection> RequestReader::put(boost::beast::flat_buffer& buffer) {
    // Beast's parser asserts that the last chunk, once begun, has at least these bytes: "0\r\n" and "\r" in two packets
    // would end the program. No chunked body ends with fewer.
    constexpr std::size_t shortest_last_chunk = 5;
    if (parser_.is_header_done() && parser_.chunked() && buffer.size() < shortest_last_chunk)
        return std::nullopt;
    boost::system::error_code failed;
    buffer.consume(parser_.put(buffer.data(), failed));
    if (parser_.is_header_done() && !std::exchange(checked_, true))
        if (auto rejection = check_header())
            return rejection;
    return rejection_of(failed, max_body_);
}

std::optional<Rejection> RequestReader::check_header() {
    const auto& header = parser_.get();
    if (auto rejection = check_transfer_coding(header, header.version()))
        return rejection;
    if (auto rejection = check_host(header, header.version()))
        return rejection;
    auto target = parse_target({header.target().data(), header.target().size()});
    if (!target)
        return invalid("invalid target");
    target_ = std::move(*target);
    return std::nullopt;
}

/// HTTP/1.0 has no such response (RFC 9110, 10.1.1).
bool RequestReader::expects_continue() {
    return parser_.is_header_done() && !parser_.is_done() && version() >= 11 &&
           boost::beast::iequals(parser_.get()[beast::field::expect], "100-continue") &&
           !std::exchange(told_to_continue_, true);
}

Request RequestReader::take(std::string client) {
    Request request;
    const bool is_head = head();
    auto message = parser_.release();
    request.client = std::move(client);
    request.method = is_head ? "GET" : std::string{message.method_string()};
    request.host = target_.authority.empty() ? std::string{message[beast::field::host]} : target_.authority;
    request.target = std::move(target_);
    request.body = std::move(message.body());
    request.fields = std::move(message.base());
    return request;
}

bool skip_empty_lines(boost::beast::flat_buffer& buffer) {
    const auto begins_with = [&buffer](std::string_view text) {
        const std::string_view bytes{static_cast<const char*>(buffer.data().data()), buffer.size()};
        return bytes.starts_with(text);
    };
    while (begins_with("\r\n"))
        buffer.consume(2);
    return buffer.size() > 1 || (buffer.size() == 1 && !begins_with("\r"));
}

}  // namespace revenant::http
