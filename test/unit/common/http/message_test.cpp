#include "common/http/message.hpp"

#include <regex>

#include <gtest/gtest.h>

namespace revenant::http {
namespace {

struct NoStream : Stream {
    awaitable<void> run(Socket /*socket*/, bool /*chunked*/) override { co_return; }
};

/// Whether the header has exactly this line.
bool has(const std::string& header, const std::string& line) {
    return header.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(MessageTest, header_frames_a_body) {
    Reply reply;
    reply.status = Status::not_found;
    reply.body = "four";
    reply.fields.emplace_back("Allow", "GET");
    const auto header = header_of(reply, "name/1", 11, true);
    EXPECT_TRUE(header.starts_with("HTTP/1.1 404 Not Found\r\nDate: ")) << header;
    EXPECT_TRUE(header.ends_with("\r\n\r\n"));
    for (const auto* const line : {"Server: name/1", "Content-Type: application/json", "Content-Length: 4",
                                   "X-Content-Type-Options: nosniff", "Allow: GET"})
        EXPECT_TRUE(has(header, line)) << line;
    EXPECT_EQ(header.find("Connection"), std::string::npos);
}

TEST(MessageTest, date_is_an_imf_fixdate) {
    const std::regex date{
        "\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z]{2} 20[0-9]{2} "
        "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT\r\n"};
    EXPECT_TRUE(std::regex_search(header_of(Reply{}, "n", 11, true), date)) << header_of(Reply{}, "n", 11, true);
}

TEST(MessageTest, connection_field_depends_on_the_version) {
    const Reply reply;
    EXPECT_TRUE(has(header_of(reply, "n", 11, false), "Connection: close"));
    EXPECT_TRUE(has(header_of(reply, "n", 10, false), "Connection: close"));
    EXPECT_TRUE(has(header_of(reply, "n", 10, true), "Connection: keep-alive"));
    EXPECT_TRUE(header_of(reply, "n", 10, true).starts_with("HTTP/1.0 200 OK\r\n"));
}

TEST(MessageTest, stream_is_chunked_or_ends_with_the_connection) {
    Reply reply;
    reply.stream = std::make_unique<NoStream>();
    const auto newer = header_of(reply, "n", 11, true), older = header_of(reply, "n", 10, true);
    EXPECT_TRUE(has(newer, "Transfer-Encoding: chunked"));
    EXPECT_EQ(newer.find("Content-Length"), std::string::npos);
    EXPECT_TRUE(has(older, "Connection: close"));
    EXPECT_EQ(older.find("Transfer-Encoding"), std::string::npos);
}

TEST(MessageTest, not_modified_has_no_content_fields) {
    Reply reply;
    reply.status = Status::not_modified;
    const auto header = header_of(reply, "n", 11, true);
    EXPECT_TRUE(header.starts_with("HTTP/1.1 304 Not Modified\r\n"));
    EXPECT_EQ(header.find("Content-"), std::string::npos);
}

TEST(MessageTest, client_address_has_no_port) {
    Request request;
    for (const auto& [client, address] :
         {std::pair{"127.0.0.1:4000", "127.0.0.1"}, {"[::1]:80", "[::1]"}, {"unix", "unix"}}) {
        request.client = client;
        EXPECT_EQ(request.client_address(), address);
    }
}

}  // namespace
}  // namespace revenant::http
