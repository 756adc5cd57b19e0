#include "gadget/gadget.hpp"

#include <sys/socket.h>

#include "common/async/task_group.hpp"
#include "common/async/within.hpp"
#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/path_watch.hpp"
#include "common/net/run_directory.hpp"
#include "common/service/notify.hpp"
#include "common/service/watchdog.hpp"

namespace revenant::gadget {
namespace {

constexpr auto oldest_signing_job_that_beats = 5s;
constexpr auto oldest_job_that_lives = 10s;
constexpr auto max_wind_up = 1500ms;

/// Whether an answer describes the present state: it is cheap to repeat, and large enough to evict others.
bool momentary(const Response& response) {
    return std::holds_alternative<StatusResponse>(response) || std::holds_alternative<LogsResponse>(response) ||
           std::holds_alternative<InitInfoResponse>(response);
}

/// Only answers that stay valid are cached: these errors describe a temporary state.
bool keeps(const Response& response) {
    const auto* error = std::get_if<ErrorResponse>(&response);
    if (error == nullptr)
        return !momentary(response);
    switch (error->code) {
        case ErrorCode::throttled:
        case ErrorCode::key_locked:
        case ErrorCode::delete_throttled:
        case ErrorCode::busy:
            return false;
        default:
            return true;
    }
}

std::size_t index(Interface interface) {
    return static_cast<std::size_t>(interface);
}

}  // namespace

Gadget::Gadget(const asio::any_io_executor& executor, const GadgetSettings& settings, Bus& bus, keystore::Store& store,
               KeyRing& keys, const LogTail& log, std::size_t restored)
    : executor_{executor},
      settings_{settings},
      bus_{bus},
      directory_{prepare_run_directory(settings.run_dir, "gadget")},
      keys_{keys},
      restored_{restored},
      since_{utc_now()},
      replies_{ReplyCache{executor}, ReplyCache{executor}},
      channels_{Channel{executor, bus.pipe(Interface::sign), counters_, [this] { status_.counted(); }},
                Channel{executor, bus.pipe(Interface::management), counters_, [this] { status_.counted(); }}},
      status_{executor, directory_ / "status.sock", SocketAccess::of_group("revenant-operators"),
              [this] { return describe(); }},
      heartbeat_{executor, settings.run_dir / "liveness" / "heartbeat.sock", [this] { return liveness_state(); }},
      signers_{executor, settings.signing_workers, settings.signing_queue},
      managers_{executor, 1, settings.management_queue},
      write_ahead_{executor, keys,
                   [this] {
                       handlers_.changed();
                       status_.counted();
                   }},
      handlers_{store, keys, log, signers_, managers_, write_ahead_, counters_} {}

Gadget::~Gadget() {
    signers_.stop();  // their jobs use the handlers
    managers_.stop();
    write_ahead_.stop();
}

awaitable<void> Gadget::run() {
    const auto body = [this](TaskGroup& tasks) -> awaitable<void> {
        tasks.spawn(follow_registrar());
        tasks.spawn(heartbeat_.run());
        tasks.spawn(status_.run());
        for (auto& replies : replies_)
            tasks.spawn(replies.expire_in_time());
        tasks.spawn(write_ahead_.retry_failed());
        tasks.spawn(service::keep_watchdog_content([this] { return healthy(); }));
        bus_.start(tasks, {[this] { return ask_rebind(); }, [this] { status_.counted(); }});
        for (auto& channel : channels_) {
            tasks.spawn(channel.read_packets());
            tasks.spawn(channel.write_frames());
            tasks.spawn(channel.drop_silent_frames());
        }
        service::ready("the store is open");
        log::info(
            "waiting for the registrar and the liveness program in the run directory '{}': both need the same one",
            settings_.run_dir.string());
        std::exception_ptr stopped;
        try {
            co_await tasks.finished();
        } catch (const system_error&) {
            stopped = std::current_exception();
        }
        if (!stopped)
            co_return;  // a task failed and the others have ended: no answer can be sent
        co_await asio::this_coro::throw_if_cancelled(false);
        co_await wind_up();
        std::rethrow_exception(stopped);
    };
    co_await with_group(body);
}

/// Waits for running jobs, writes the marks at rest and gives the answers a moment to be sent; the alarm set by the
/// stop signal limits the total time. P7: if a job does not end, nothing is written at rest behind it.
awaitable<void> Gadget::wind_up() {
    handlers_.close();
    const auto deadline = Clock::now() + max_wind_up;
    const auto all_drained = [&]() -> awaitable<void> {
        co_await signers_.drained();
        co_await managers_.drained();
        co_await write_ahead_.drained();
    };
    if (co_await within(deadline, all_drained())) {
        write_ahead_.rest_all();
        co_await within(deadline, write_ahead_.drained());
    }
    for (auto& channel : channels_)
        while (session_ && channel.writing() && time_left(deadline).count() > 0)
            co_await within(deadline, channel.progress());
}

/// Connects to the announcement socket, follows it and reconnects. Between two connections, the socket's file shows
/// whether the function is disabled (no file: the loopback pipes are closed too) or only the registrar has ended (they
/// stay).
awaitable<void> Gadget::follow_registrar() {
    PathWatch watch{executor_, settings_.run_dir / "registrar" / "enabled.sock"};
    const stream_protocol::endpoint server{watch.file().string()};
    for (;;) {
        // Before connecting: this drains the watch, and later changes must wake this coroutine.
        std::error_code ignored;
        if (watch.take_removed() || !std::filesystem::exists(watch.file(), ignored))
            disabled();
        announcement_.emplace(executor_);
        const auto [failed] = co_await announcement_->async_connect(server, as_tuple(use_awaitable));
        if (failed) {
            announcement_.reset();
            co_await watch.changed();
            continue;
        }
        co_await follow();
        announcement_.reset();
        end_session();
        co_await sleep_for(pause_before_retry);
    }
}

/// Each 'E' starts a new session; the end of the connection ends it.
awaitable<void> Gadget::follow() {
    std::array<char, 16> events;
    for (;;) {
        const auto [failed, size] =
            co_await announcement_->async_read_some(asio::buffer(events), as_tuple(use_awaitable));
        if (failed)
            co_return;
        begin_session();
    }
}

bool Gadget::ask_rebind() {
    constexpr char rebind = 'R';
    return announcement_ && ::send(announcement_->native_handle(), &rebind, 1, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

void Gadget::begin_session() {
    end_session();
    ++counters_.sessions;
    const auto broker = [this](Interface interface) {
        return Broker{settings_.payload_limit, process_name_, counters_,
                      [this, interface](const MessageId& id, ByteView payload) { on_request(interface, id, payload); }};
    };
    session_.emplace(Brokers{broker(Interface::sign), broker(Interface::management)});
    bus_.enabled();
    for (std::size_t each = 0; each < interface_count; ++each)
        channels_[each].attach((*session_)[each]);
    since_ = utc_now();
    heartbeat_.changed();
    status_.changed();
    log::info("enabled: session {} started", counters_.sessions);
}

void Gadget::end_session() {
    if (!session_)
        return;
    for (auto& channel : channels_)
        channel.detach();
    session_.reset();
    bus_.session_over();
    since_ = utc_now();
    heartbeat_.changed();
    status_.changed();
    log::info("session {} ended", counters_.sessions);
}

void Gadget::disabled() {
    bus_.disabled();
    for (auto& channel : channels_)
        channel.forget_held();
}

void Gadget::on_request(Interface interface, const MessageId& id, ByteView payload) {
    auto request = decode_request(payload);
    if (!request) {
        ++counters_.requests;
        return send(interface, id,
                    encode(Response{ErrorResponse{ErrorCode::not_a_request, "the payload is not a Request"}}));
    }
    auto& replies = replies_[index(interface)];
    const auto key = ReplyCache::key_of(id, *request);
    switch (replies.find(key, counters_.sessions, Clock::now())) {
        case ReplyCache::Found::answered:
            ++counters_.repeats;
            return send(interface, id, replies.answer(key));
        case ReplyCache::Found::running:
            ++counters_.repeats;
            return;
        case ReplyCache::Found::fresh:
            break;
    }
    ++counters_.requests;
    replies.begin(key, counters_.sessions);
    handlers_.handle(interface, std::move(*request),
                     [this, interface, key](const Response& response) { finish(interface, key, response); });
}

/// Sends the answer to the session that asked last if it still exists; a later session finds it in the cache.
void Gadget::finish(Interface interface, const ReplyCache::Key& key, const Response& response) {
    status_.counted();  // also without a session
    const auto payload = encode(response);
    const auto asked_in = replies_[index(interface)].finish(key, payload, keeps(response), Clock::now());
    if (asked_in == counters_.sessions)
        send(interface, key.id, payload);
}

void Gadget::send(Interface interface, const MessageId& id, ByteView payload) {
    if (!session_)
        return;
    (*session_)[index(interface)].respond(id, payload);
    channels_[index(interface)].wake();
}

Heartbeat::LivenessState Gadget::liveness_state() const {
    if (!session_)
        return Heartbeat::LivenessState::none;
    return signers_.oldest() <= oldest_signing_job_that_beats ? Heartbeat::LivenessState::beating
                                                              : Heartbeat::LivenessState::stuck;
}

bool Gadget::healthy() const {
    return signers_.oldest() <= oldest_job_that_lives && managers_.oldest() <= oldest_job_that_lives;
}

boost::json::object Gadget::describe() const {
    const auto& count = counters_;
    boost::json::object status{
        {"program", "gadget"},
        {"state", session_ ? "enabled" : "waiting"},
        {"since", since_},
        {"keys_unlocked", keys_.size()},
        {"keys_restored_unlocked", restored_},
        {"sessions", count.sessions},
        {"beats", heartbeat_.beats()},
        {"packets", count.packets},
        {"frames", count.frames},
        {"frames_sent", count.frames_sent},
        {"frames_dropped", count.frames_dropped},
        {"partial_dropped", count.partial_dropped},
        {"packets_dropped", count.packets_dropped},
        {"write_retries", count.write_retries},
        {"requests", count.requests},
        {"repeats", count.repeats},
        {"busy", count.busy},
        {"reserves_failed", write_ahead_.describe()},
        {"signatures", count.signatures},
        {"refusals", count.refusals},
        {"jobs", signers_.jobs() + managers_.jobs()},
        {"answers_kept", replies_[0].kept() + replies_[1].kept()},
    };
    bus_.describe(status);
    return status;
}

}  // namespace revenant::gadget
