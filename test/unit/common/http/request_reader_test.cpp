#include "common/http/request_reader.hpp"

#include <gtest/gtest.h>

/// The cases of RFC 9112 and RFC 9110, each read whole and byte by byte.
namespace revenant::http {
namespace {

struct Outcome {
    unsigned status = 200;  ///< 0: more bytes are needed
    Request request{};
    bool head = false, keep_alive = false;
};

/// Gives the text to a reader in parts of this size.
Outcome read(std::string_view text, std::size_t part, std::size_t max_body) {
    boost::beast::flat_buffer buffer;
    RequestReader reader{max_body};
    bool begun = false;
    while (!text.empty()) {
        const auto size = std::min(part, text.size());
        buffer.commit(asio::buffer_copy(buffer.prepare(size), asio::buffer(text.data(), size)));
        text.remove_prefix(size);
        begun = begun || skip_empty_lines(buffer);
        if (!begun)
            continue;
        if (const auto rejection = reader.put(buffer))
            return {number(rejection->status)};
        if (reader.done()) {
            const bool head = reader.head(), keep_alive = reader.keep_alive();
            return {200, reader.take("test:1"), head, keep_alive};
        }
    }
    return {0};
}

Outcome read(std::string_view text, std::size_t max_body = 16) {
    auto whole = read(text, text.size(), max_body);
    EXPECT_EQ(read(text, 1, max_body).status, whole.status) << text;
    return whole;
}

std::string with(const std::string& fields, const std::string& body = {}) {
    return "POST /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

TEST(RequestReaderTest, request_is_read_completely) {
    const auto got = read("POST /a%62?q=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\nX-Y: z\r\n\r\nabc");
    EXPECT_EQ(got.status, 200U);
    EXPECT_EQ(got.request.method, "POST");
    EXPECT_EQ(got.request.target.path, "/ab");
    EXPECT_EQ(got.request.target.query, "q=1");
    EXPECT_EQ(got.request.host, "h:1");
    EXPECT_EQ(got.request.body, "abc");
    EXPECT_EQ(got.request.field("x-y"), "z");
    EXPECT_EQ(got.request.field("none"), "");
    EXPECT_EQ(got.request.client, "test:1");
    EXPECT_TRUE(got.keep_alive);
}

TEST(RequestReaderTest, head_is_a_get_without_content) {
    const auto got = read("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(got.head);
    EXPECT_EQ(got.request.method, "GET");
}

TEST(RequestReaderTest, chunked_must_be_the_only_and_final_coding) {
    EXPECT_EQ(read(with("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")).request.body, "abc");
    EXPECT_EQ(read(with("Transfer-Encoding: Chunked \r\n", "0\r\n\r\n")).status, 200U);
    for (const auto* const value : {"xchunked", "chunked, xchunked", "chunked, identity", "gzip", "chunked, chunked",
                                    "chunkedx", "", "chunked;q=1"})
        EXPECT_EQ(read(with("Transfer-Encoding: " + std::string{value} + "\r\n", "0\r\n\r\n")).status, 400U) << value;
    EXPECT_EQ(read(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n")).status, 400U);
    EXPECT_EQ(read(with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")).status, 501U);
    EXPECT_EQ(read("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").status, 400U);
}

TEST(RequestReaderTest, last_chunk_may_arrive_in_parts) {
    for (const auto part : {1, 2, 3, 4, 5, 97, 98, 99, 100})
        EXPECT_EQ(read(with("Transfer-Encoding: chunked\r\n", "0\r\nA: b\r\n\r\n"), static_cast<std::size_t>(part), 16)
                      .status,
                  200U)
            << part;
    for (const auto part : {1, 2, 3, 4, 5})
        EXPECT_EQ(read(with("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), static_cast<std::size_t>(part), 16).status,
                  200U)
            << part;
}

TEST(RequestReaderTest, length_must_be_unambiguous) {
    for (const auto* const fields :
         {"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nContent-Length: 4\r\n", "Content-Length: -1\r\n", "Content-Length: 3, 4\r\n",
          "Content-Length: +3\r\n", "Content-Length: 0x3\r\n"})
        EXPECT_EQ(read(with(fields, "0\r\n\r\n")).status, 400U) << fields;
}

TEST(RequestReaderTest, host_must_be_there_once_and_valid) {
    for (const auto* const lines : {"", "Host: a\r\nHost: a\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: u@a\r\n",
                                    "Host: [::1\r\n", "Host: a:x\r\n"})
        EXPECT_EQ(read("GET / HTTP/1.1\r\n" + std::string{lines} + "\r\n").status, 400U) << lines;
    for (const auto* const lines : {"Host:\r\n", "Host: [::1]:80\r\n", "host: a.example:80\r\n"})
        EXPECT_EQ(read("GET / HTTP/1.1\r\n" + std::string{lines} + "\r\n").status, 200U) << lines;
    EXPECT_EQ(read("GET / HTTP/1.0\r\n\r\n").status, 200U);
    EXPECT_EQ(read("GET / HTTP/1.0\r\nHost: a b\r\n\r\n").status, 400U);
}

TEST(RequestReaderTest, absolute_form_decides_the_host) {
    const auto got = read("GET http://right:80/livez HTTP/1.1\r\nHost: wrong\r\n\r\n");
    EXPECT_EQ(got.request.host, "right:80");
    EXPECT_EQ(got.request.target.path, "/livez");
}

TEST(RequestReaderTest, invalid_targets_are_rejected) {
    for (const auto* const target : {"livez", "/%zz", "ftp://a/", "http://"})
        EXPECT_EQ(read("GET " + std::string{target} + " HTTP/1.1\r\nHost: a\r\n\r\n").status, 400U) << target;
}

TEST(RequestReaderTest, empty_lines_before_a_request_are_ignored) {
    EXPECT_EQ(read("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 200U);
}

TEST(RequestReaderTest, continue_is_expected_once_and_not_in_http_1_0) {
    for (const auto& [version, expects] : {std::pair{"1.1", true}, {"1.0", false}}) {
        boost::beast::flat_buffer buffer;
        RequestReader reader{16};
        const auto text =
            fmt::format("POST / HTTP/{}\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n", version);
        buffer.commit(asio::buffer_copy(buffer.prepare(text.size()), asio::buffer(text)));
        EXPECT_FALSE(reader.put(buffer));
        EXPECT_EQ(reader.expects_continue(), expects);
        EXPECT_FALSE(reader.expects_continue());
    }
}

TEST(RequestReaderTest, too_long_parts_have_their_status) {
    EXPECT_EQ(read(with("Content-Length: 17\r\n")).status, 413U);
    EXPECT_EQ(read(with("Transfer-Encoding: chunked\r\n", "11\r\nabc")).status, 413U);
    EXPECT_EQ(read(with("Content-Length: 1\r\n"), 0).status, 413U);
    EXPECT_EQ(read(with("Content-Length: 0\r\n"), 0).status, 200U);
    const auto field = [](std::size_t size) { return "C: " + std::string(size, 'x') + "\r\n"; };
    EXPECT_EQ(read(with(field(9'000)), 1000, 16).status, 200U);
    EXPECT_EQ(read(with(field(max_header)), 1000, 16).status, 431U);
}

TEST(RequestReaderTest, other_protocols_are_rejected) {
    for (const auto* const text :
         {"GET / HTTP/2.0\r\n\r\n", "GET /\r\n\r\n", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n",
          "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n"})
        EXPECT_NE(read(text).status, 0U) << text;
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost : a\r\n\r\n").status, 400U);
}

}  // namespace
}  // namespace revenant::http
