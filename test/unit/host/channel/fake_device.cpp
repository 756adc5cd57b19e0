#include "test/unit/host/channel/fake_device.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace revenant::test {
namespace {

stream_protocol::endpoint at(const std::filesystem::path& path) {
    std::filesystem::create_directories(path.parent_path());
    return stream_protocol::endpoint{path.string()};
}

}  // namespace

FakeDevice::FakeDevice(const std::filesystem::path& run_directory, std::function<Reaction(const Request&)> react)
    : react_{std::move(react)},
      bus_{io_, at(run_directory / "registrar" / "bus.sock")},
      sign_{io_, at(run_directory / "gadget" / "ep-sign.sock")},
      management_{io_, at(run_directory / "gadget" / "ep-management.sock")} {
    const auto ignore = [](std::exception_ptr) {};
    asio::co_spawn(io_, run(), asio::bind_cancellation_slot(stop_.slot(), ignore));
    thread_ = std::thread{[this] { io_.run(); }};
}

FakeDevice::~FakeDevice() {
    asio::post(io_, [this] { stop_.emit(asio::cancellation_type::terminal); });
    thread_.join();
}

void FakeDevice::drop_bus() {
    asio::post(io_, [this] {
        for (auto& host : hosts_)
            host.shutdown(stream_protocol::socket::shutdown_both);
    });
}

awaitable<void> FakeDevice::run() {
    const auto body = [this](TaskGroup& group) -> awaitable<void> {
        group.spawn(serve_bus(group));
        group.spawn(serve_endpoint(sign_, sign_held_, group));
        group.spawn(serve_endpoint(management_, management_held_, group));
        co_await group.finished();
    };
    co_await with_group(body);
}

awaitable<void> FakeDevice::serve_bus(TaskGroup& group) {
    for (;;) {
        auto host = co_await bus_.async_accept(use_awaitable);
        group.spawn(answer_setups(hosts_.insert(hosts_.end(), std::move(host))));
    }
}

awaitable<void> FakeDevice::answer_setups(std::list<stream_protocol::socket>::iterator host) {
    std::array<std::uint8_t, 8> setup{};
    for (;;) {
        const auto [ended, size] = co_await asio::async_read(*host, asio::buffer(setup), as_tuple(use_awaitable));
        if (ended)
            break;
        ++setups;
        if (mute)
            continue;
        std::vector<std::uint8_t> answer{8, 'T', 'Z', 'S', 'G', version, 0, ready, 0};
        const std::array<std::uint8_t, 8> question{0xC1, 0x5A, 0, 0, setup[4], 0, 8, 0};
        if (stalls || setup != question || setup[4] > 1)
            answer = {0xFF};
        for (const auto& byte : answer)  // one by one: a host must not depend on how a stream is cut
            co_await asio::async_write(*host, asio::buffer(&byte, 1), as_tuple(use_awaitable));
    }
    hosts_.erase(host);
}

awaitable<void> FakeDevice::serve_endpoint(Acceptor& acceptor, bool& held, TaskGroup& group) {
    for (;;) {
        auto host = co_await acceptor.async_accept(use_awaitable);
        if (held)
            continue;  // closed at once
        ++claims;
        held = true;
        group.spawn(carry(std::move(host), held));
    }
}

awaitable<void> FakeDevice::carry(stream_protocol::socket host, bool& held) {
    FrameDecoder decoder;
    std::vector<Bytes> out{encode(FrameType::retry, process_)};
    std::array<std::uint8_t, 512> packet;
    for (bool restart = false; !restart;) {
        for (const auto& bytes : out)
            co_await asio::async_write(host, asio::buffer(bytes.data(), bytes.size()), as_tuple(use_awaitable));
        out.clear();
        const auto [ended, size] = co_await host.async_read_some(asio::buffer(packet), as_tuple(use_awaitable));
        if (ended)
            break;
        decoder.feed(ByteView{packet}.first(size), [&](const Frame& frame) {
            for (auto& bytes : answers(frame, restart))
                out.push_back(std::move(bytes));
        });
    }
    host.close();
    held = false;
}

std::vector<Bytes> FakeDevice::answers(const Frame& frame, bool& restart) {
    auto request = decode_request(frame.payload);
    std::vector<Bytes> frames{encode(FrameType::accept, frame.id)};
    auto reaction = react_(std::move(request).value_or(Request{}));
    if (reaction.restart) {
        process_ = random_id();
        restart = true;
    } else if (reaction.response) {
        frames.push_back(encode(FrameType::response, frame.id, encode(*reaction.response)));
    }
    return frames;
}

}  // namespace revenant::test
