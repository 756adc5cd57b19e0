#include "test/bench/signer_client.hpp"

#include <charconv>
#include <stdexcept>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace revenant::bench {
namespace {

constexpr auto max_exchange = 10s;  // longer than the server's deadline
constexpr std::string_view end_of_header = "\r\n\r\n", length_field = "Content-Length: ";
constexpr std::string_view good_status = "HTTP/1.1 200 ", signature_begins = "{\"signature\":\"BLsig";

void append_hex(std::string& into, ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const auto byte : bytes) {
        into += digits[byte >> 4U];
        into += digits[byte & 15U];
    }
}

}  // namespace

awaitable<void> SignerClient::connect() {
    const asio::ip::tcp::endpoint server{asio::ip::address_v4::loopback(), port_};
    stream_.expires_after(max_exchange);
    co_await stream_.async_connect(server, use_awaitable);
    stream_.socket().set_option(asio::ip::tcp::no_delay{true});
}

void SignerClient::write_request(const std::string& address, ByteView message) {
    request_.assign("POST /keys/").append(address).append(" HTTP/1.1\r\nHost: localhost\r\n");
    request_.append("Content-Type: application/json\r\nContent-Length: ");
    request_.append(std::to_string(2 * message.size() + 2)).append(end_of_header).append(1, '"');
    append_hex(request_, message);
    request_ += '"';
}

/// Size of header and body; 0 while the header is incomplete.
std::size_t SignerClient::answer_size() const {
    const auto header = answer_.find(end_of_header);
    if (header == std::string::npos)
        return 0;
    const auto field = answer_.find(length_field);
    std::size_t length = 0;
    if (field < header) {
        const auto* digits = answer_.data() + field + length_field.size();
        std::from_chars(digits, answer_.data() + header, length);
    }
    return header + end_of_header.size() + length;
}

awaitable<void> SignerClient::sign(const std::string& address, ByteView message) {
    write_request(address, message);
    stream_.expires_after(max_exchange);
    co_await asio::async_write(stream_, asio::buffer(request_), use_awaitable);
    constexpr std::size_t most = 4096;
    std::size_t size = 0, wanted = 0;
    do {
        answer_.resize(size + most);
        size += co_await stream_.async_read_some(asio::buffer(answer_.data() + size, most), use_awaitable);
        answer_.resize(size);
        wanted = answer_size();
    } while (wanted == 0 || size < wanted);
    if (!answer_.starts_with(good_status) || answer_.find(signature_begins) == std::string::npos)
        throw std::runtime_error{"no signature from the remote signer: " + answer_};
}

awaitable<void> SignerTurn::sign_next() {
    constexpr std::uint8_t preattestation = 0x12, preattestation_by_bls = 0x28;  // tag bytes
    constexpr std::size_t tag_at = 37;                                           // after watermark, chain and branch
    auto message = host::attestation(key_.curve, key_.level++);
    if (preattestations_) {
        message.front() = preattestation;
        message.at(tag_at) = preattestation_by_bls;
    }
    co_await client_.sign(key_.address, message);
}

}  // namespace revenant::bench
