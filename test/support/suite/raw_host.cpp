#include "test/support/suite/raw_host.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>

namespace revenant::test {
namespace {

constexpr milliseconds patience{10'000};

bool writable(int descriptor, const Deadline& deadline) {
    pollfd wanted{descriptor, POLLOUT, 0};
    return ::poll(&wanted, 1, static_cast<int>(deadline.left().count())) > 0;
}

/// Writes until the deadline; returns the bytes that the peer did not accept.
ByteView push(int socket, ByteView bytes, const Deadline& deadline) {
    while (!bytes.empty() && writable(socket, deadline)) {
        const auto put = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(put));
        else if (errno != EAGAIN)
            checked(-1, "send to the device");
    }
    return bytes;
}

std::size_t pull_bytes(int socket, std::span<std::uint8_t> into, const Deadline& deadline) {
    if (!deadline.readable(socket))
        return 0;
    const auto got = ::recv(socket, into.data(), into.size(), 0);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void read_exactly(int socket, std::span<std::uint8_t> into) {
    for (const Deadline deadline{patience}; !into.empty();) {
        const auto size = pull_bytes(socket, into, deadline);
        if (size == 0)
            throw std::runtime_error{"no response from the control endpoint"};
        into = into.subspan(size);
    }
}

}  // namespace

bool closed_by_peer(int socket, const Deadline& deadline) {
    std::array<std::uint8_t, 4096> dropped{};
    while (deadline.readable(socket))
        if (::recv(socket, dropped.data(), dropped.size(), 0) <= 0)
            return true;
    return false;
}

void RawPipe::send(ByteView bytes, milliseconds limit) {
    if (!push(socket_.get(), bytes, Deadline{limit}).empty())
        throw std::runtime_error{"timeout: the device did not accept the bytes"};
}

std::size_t RawPipe::flood(const Bytes& payload, milliseconds silence, std::size_t most) {
    for (std::size_t whole = 0; whole < most; ++whole) {
        const auto frame = encode(FrameType::request, random_id(), payload);
        ByteView left{frame};
        for (std::size_t before = 0; left.size() != before && !left.empty();) {
            before = left.size();
            left = push(socket_.get(), left, Deadline{silence});
        }
        if (left.size() == frame.size())
            return whole;  // none of it was sent
        rest_.assign(left.begin(), left.end());
        if (!rest_.empty())
            return whole + 1;
    }
    return most;
}

void RawPipe::finish() {
    send(rest_);
    rest_.clear();
}

std::optional<Frame> RawPipe::next_frame(const Deadline& deadline) {
    while (frames_.empty()) {
        std::array<std::uint8_t, 4096> packet{};
        const auto size = pull_bytes(socket_.get(), packet, deadline);
        if (size == 0)
            return std::nullopt;
        decoder_.feed(ByteView{packet}.first(size), [this](Frame frame) { frames_.push_back(std::move(frame)); });
    }
    auto first = std::move(frames_.front());
    frames_.erase(frames_.begin());
    return first;
}

Response RawPipe::ask(const Request& request, milliseconds limit) {
    const auto id = random_id();
    send(encode(FrameType::request, id, encode(request)), limit);
    const Deadline deadline{limit};
    while (const auto frame = next_frame(deadline))
        if (frame->type == FrameType::response && frame->id == id)
            if (auto response = decode_response(frame->payload))
                return std::move(*response);
    throw std::runtime_error{"no response on the pipe"};
}

void RawHost::plug() {
    const auto cable = run_dir_ / "registrar" / "bus.sock";
    if (!wait_for_path(cable, true, Deadline{patience}))
        throw std::runtime_error{"timeout: no socket " + cable.string()};
    bus_ = connect_to(cable);
}

void RawHost::pull() {
    const Bytes out(8, 0xFF);
    if (!push(bus_.get(), out, Deadline{patience}).empty() || !closed_by_peer(bus_.get(), Deadline{patience}))
        throw std::runtime_error{"timeout: the cable was not unplugged"};
    bus_.reset();
}

void RawHost::unplug() {
    pull();
    for (const auto interface : {host::Interface::sign, host::Interface::management})
        if (!wait_for_path(endpoint(interface), false, Deadline{patience}))
            throw std::runtime_error{"timeout: endpoint still exists: " + endpoint(interface).string()};
}

Bytes RawHost::control(const std::array<std::uint8_t, 8>& setup) {
    push(bus_.get(), setup, Deadline{patience});
    std::array<std::uint8_t, 1> length{};
    read_exactly(bus_.get(), length);
    Bytes data(length[0] == 0xFF ? 0 : length[0]);
    read_exactly(bus_.get(), data);
    return data;
}

bool RawHost::ready(host::Interface interface) {
    const auto reply = control({0x81, 0x5A, 0, 0, static_cast<std::uint8_t>(interface), 0, 8, 0});
    return reply.size() == 8 && reply[6] == 1;
}

RawPipe RawHost::claim(host::Interface interface) {
    if (!wait_for_path(endpoint(interface), true, Deadline{patience}))
        throw std::runtime_error{"timeout: no endpoint " + endpoint(interface).string()};
    return RawPipe{connect_to(endpoint(interface))};
}

std::filesystem::path RawHost::endpoint(host::Interface interface) const {
    return run_dir_ / "gadget" / (interface == host::Interface::sign ? "ep-sign.sock" : "ep-management.sock");
}

}  // namespace revenant::test
