#pragma once

#include <deque>
#include <optional>

#include "common/net/announcement.hpp"
#include "gadget/gadget.hpp"
#include "gadget/loopback/loopback_bus.hpp"
#include "test/support/basics/status_reader.hpp"
#include "test/support/gadget/gadget_fixture.hpp"

/// A complete gadget in its own run directory, with a registrar and hosts for it.
namespace revenant::test {

using namespace gadget;

/// The host's end of one pipe.
class Host {
public:
    explicit Host(stream_protocol::socket link) : link_{std::move(link)} {}

    /// Returns the next frame; throws when the connection has ended.
    awaitable<Frame> next() {
        while (frames_.empty()) {
            std::array<std::uint8_t, 4096> part;
            const auto size = co_await link_.async_read_some(asio::buffer(part), use_awaitable);
            const auto take = [this](Frame frame) { frames_.push_back(std::move(frame)); };
            decoder_.feed(ByteView{part}.first(size), take);
        }
        auto frame = std::move(frames_.front());
        frames_.pop_front();
        co_return frame;
    }
    /// Returns the id of the next frame, which must be of this type.
    awaitable<MessageId> next(FrameType type) {
        const auto frame = co_await next();
        EXPECT_EQ(frame.type, type);
        co_return frame.id;
    }
    /// Returns the next frame, which must be the answer to this request.
    awaitable<Response> answer(MessageId to) {
        const auto frame = co_await next();
        EXPECT_EQ(frame.type, FrameType::response);
        EXPECT_EQ(frame.id, to);
        co_return decode_response(frame.payload).value_or(Response{});
    }
    awaitable<void> send(Bytes bytes) { co_await asio::async_write(link_, asio::buffer(bytes), use_awaitable); }
    awaitable<void> ask(MessageId id, Bytes payload) {
        auto frame = encode(FrameType::request, id, payload);
        co_await send(std::move(frame));
    }
    /// Waits for the end of the connection.
    awaitable<void> closed() { co_await read_to_end(link_); }
    stream_protocol::socket& link() { return link_; }

private:
    stream_protocol::socket link_;
    FrameDecoder decoder_;
    std::deque<Frame> frames_;
};

inline const Bytes version_request = encode(Request{VersionRequest{}});

class GadgetTest : public Device {
protected:
    GadgetTest() {
        for (const auto* program : {"registrar", "liveness"})
            std::filesystem::create_directories(run_dir / program);
        settings.run_dir = run_dir;
        settings.signing_workers = 2;
        init();
        key = create_unlocked("a");
    }

    /// Unlocks the key again with a reserve of so many levels.
    void use_reserve(std::int64_t levels) {
        keys.remove("a");
        reserve(levels);
        unlock("a");
    }
    /// As after a power cut.
    std::int32_t highest_mark_after_reopening() {
        keys.remove("a");
        open_store();
        unlock("a");
        return keys.by_id("a")->views().at(0).marks[2].level;
    }

    /// Runs a gadget, and a registrar that announces nothing yet, alongside `body`.
    template <typename Body>
    void with_gadget(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            std::optional<Announcement> announcement;
            const auto bus = make_bus(executor);
            std::optional<Gadget> gadget;
            gadget.emplace(executor, settings, *bus, *store, keys, log, 0);
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                AnnouncementHooks hooks;
                hooks.greeting = 'E';
                registrar = &announcement.emplace(tasks, executor, enabled, SocketAccess{}, hooks);
                const auto life = [&](TaskGroup& gadgets) -> awaitable<void> {
                    gadget_tasks = &gadgets;
                    gadgets.spawn(gadget->run());
                    co_await body();
                };
                co_await with_group(life);
            };
            co_await with_group(both);
            gadget.reset();
            co_await settle();  // operations in progress must observe its end
        });
    }

    /// Connects a host to the pipe as soon as it exists and reads its retry frame.
    awaitable<Host> plugged_in(const char* pipe = "ep-sign.sock") {
        const auto path = run_dir / "gadget" / pipe;
        for (;;) {
            co_await until([&path] { return std::filesystem::exists(path); });
            try {
                auto link = co_await connect(path);
                Host host{std::move(link)};
                process_name = co_await host.next(FrameType::retry);
                co_return host;
            } catch (const system_error&) {  // connected while the previous session's pipe was being removed
            }
            co_await settle();
        }
    }
    /// Ends the gadget's pause after the announcement has ended.
    static awaitable<void> pause_over() {
        co_await settle();
        co_await turn_clock(pause_before_retry);
    }
    awaitable<void> unplugged(const char* pipe = "ep-sign.sock") {
        const auto path = run_dir / "gadget" / pipe;
        co_await until([&path] { return !std::filesystem::exists(path); });
    }
    awaitable<StatusReader> status() {
        auto link = co_await connect(run_dir / "gadget" / "status.sock");
        co_return StatusReader{std::move(link)};
    }
    /// The gadget's counter `name`.
    awaitable<std::int64_t> count(const char* name) {
        auto reader = co_await status();
        const auto line = co_await reader.next();
        co_return line.at(name).to_number<std::int64_t>();
    }
    [[nodiscard]] Bytes signing(std::uint32_t level, std::uint8_t variant = 0) const {
        return encode(Request{sign_request(key, attestation(level, variant))});
    }
    [[nodiscard]] bool signs(const Response& response, std::uint32_t level) const {
        return is_signature(response, key, attestation(level));
    }

    virtual std::unique_ptr<Bus> make_bus(const asio::any_io_executor& executor) {
        return std::make_unique<LoopbackBus>(executor, run_dir);
    }

    const std::filesystem::path run_dir = directory.path() / "run";
    const std::filesystem::path enabled = run_dir / "registrar" / "enabled.sock";
    GadgetSettings settings;
    gadget::keystore::Identity key;
    Announcement* registrar = nullptr;
    TaskGroup* gadget_tasks = nullptr;
    MessageId process_name{};
};

}  // namespace revenant::test
