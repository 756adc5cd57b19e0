#include "host/channel/channel.hpp"

#include <algorithm>
#include <array>

#include "common/async/backoff.hpp"
#include "common/async/within.hpp"
#include "host/channel/link_errors.hpp"

namespace revenant::host {
namespace {

constexpr Backoff readiness_backoff{10ms, 500ms};

/// Thrown to end the use of a lost link.
struct LinkLost : std::exception {};

std::chrono::milliseconds per_key(std::chrono::milliseconds first, std::size_t keys) {
    return std::min<std::chrono::milliseconds>(first + 1500ms * (std::max<std::size_t>(keys, 1) - 1), 30s);
}

/// A read that gives up after `limit`; nothing then.
awaitable<std::optional<std::size_t>> read_within(Pipe& pipe, std::span<std::uint8_t> into,
                                                  std::chrono::milliseconds limit) {
    co_return co_await within(Clock::now() + limit, pipe.read(into));
}

}  // namespace

std::chrono::milliseconds usual_deadline(const Request& request) {
    if (const auto* unlock = std::get_if<UnlockRequest>(&request))
        return per_key(5s, unlock->key_ids.size());
    if (const auto* create = std::get_if<NewKeysRequest>(&request))
        return per_key(10s, create->key_ids.size());
    const bool slow = std::holds_alternative<SignRequest>(request) ||
                      std::holds_alternative<InitMasterRequest>(request) ||
                      std::holds_alternative<DeleteKeysRequest>(request);
    return slow ? 5s : 3s;
}

bool repeatable(const Request& request) {
    return std::holds_alternative<SignRequest>(request) || std::holds_alternative<StatusRequest>(request) ||
           std::holds_alternative<VersionRequest>(request) || std::holds_alternative<LogsRequest>(request) ||
           std::holds_alternative<InitInfoRequest>(request) || std::holds_alternative<UnlockRequest>(request) ||
           std::holds_alternative<LockRequest>(request);
}

awaitable<void> DeviceChannel::run() {
    auto pause = standard_backoff();
    for (;;) {
        co_await until_ready();
        auto claim = co_await link_.claim();
        bool heard = false;
        if (claim.pipe)
            heard = co_await hold(*claim.pipe);
        set(claim.held ? Fault::busy_elsewhere : Fault::not_ready);
        claim.pipe.reset();  // what is posted on it must not take what the next one is meant to read
        if (heard)
            pause.reset();
        co_await link_.changed(pause.next());
    }
}

awaitable<void> DeviceChannel::until_ready() {
    auto pause = readiness_backoff;
    for (;;) {
        const auto fault = fault_of(co_await link_.probe());
        if (!fault)
            co_return;
        set(*fault);
        co_await link_.changed(pause.next());
    }
}

/// Uses the link from the claim to its loss. Returns whether the gadget sent a frame.
awaitable<bool> DeviceChannel::hold(Pipe& pipe) {
    bool heard = false;
    ++claims_;
    set(std::nullopt);
    requests_.claimed();
    const auto life = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(read_frames(pipe, heard));
        group.spawn(write_frames(pipe));
        group.spawn(watch_readiness());
        if (requests_.awaits_name())
            group.spawn(limit_wait_for_name());
        co_await group.finished();
    };
    try {
        co_await with_group(life);
    } catch (const LinkLost&) {
        requests_.lost();
    }
    co_return heard;
}

awaitable<void> DeviceChannel::read_frames(Pipe& pipe, bool& heard) {
    FrameDecoder decoder;
    std::array<std::uint8_t, 4096> packet;
    for (;;) {
        std::optional<std::size_t> size;
        if (decoder.incomplete())
            size = co_await read_within(pipe, packet, times_.partial_limit);
        else
            size = co_await pipe.read(packet);
        // A sender that died half-way: its successor's first frame, which asks for repetition, may have gone into the
        // same transfer and be taken for the rest. So the whole link is begun anew.
        if (!size || *size == 0)
            throw LinkLost{};
        heard = true;
        decoder.feed(ByteView{packet}.first(*size), [this](Frame frame) { requests_.take(std::move(frame)); });
        deliver();
        work_.notify();
    }
}

awaitable<void> DeviceChannel::write_frames(Pipe& pipe) {
    GuardedBytes frame;
    for (;;) {
        while (requests_.next_frame(frame)) {
            if (!co_await pipe.write(frame))
                throw LinkLost{};
            wipe(frame);
        }
        co_await work_.wait();
    }
}

/// A device that went away without an error on the pipe is noticed here. Where only the control endpoint is gone (its
/// program restarts) the pipes are kept: they end by themselves if the device is gone too.
awaitable<void> DeviceChannel::watch_readiness() {
    for (;;) {
        co_await sleep_for(times_.probe_interval);
        const auto readiness = co_await link_.probe();
        if (readiness != Readiness::ready && readiness != Readiness::absent)
            throw LinkLost{};
    }
}

awaitable<void> DeviceChannel::limit_wait_for_name() {
    co_await sleep_for(times_.name_wait);
    requests_.unnamed();
    deliver();
    work_.notify();
}

void DeviceChannel::set(std::optional<Fault> fault) {
    if (fault == fault_)
        return;
    fault_ = fault;
    moved_.notify();
}

void DeviceChannel::deliver() {
    for (auto& finished : requests_.take_finished())
        if (const auto waiter = waiters_.find(finished.id); waiter != waiters_.end()) {
            waiter->second->finished = std::move(finished);
            waiter->second->timer.cancel();
        }
}

awaitable<Answer> DeviceChannel::ask(const Request& request, std::chrono::milliseconds deadline) {
    Answer answer;
    const auto id = random_id();
    if (!requests_.add(id, request, repeatable(request))) {
        answer.outcome = Answer::Outcome::refused;
        co_return answer;
    }
    Waiter waiter{Timer{executor_, deadline}};
    struct Registration {
        DeviceChannel& channel;
        const MessageId& id;
        ~Registration() {
            channel.waiters_.erase(id);
            channel.requests_.forget(id);
        }
    } const registration{*this, id};
    waiters_.emplace(id, &waiter);
    work_.notify();
    co_await waiter.timer.async_wait(as_tuple(use_awaitable));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
        throw system_error{asio::error::operation_aborted};  // the caller was cancelled: this is not a timeout

    using Outcome = Answer::Outcome;
    if (!waiter.finished) {
        answer.outcome = requests_.was_sent(id) && !repeatable(request) ? Outcome::unknown : Outcome::late;
    } else if (!waiter.finished->answer) {
        answer.outcome = Outcome::unknown;
    } else if (auto response = decode_response(*waiter.finished->answer)) {
        answer.outcome = Outcome::answered;
        answer.response = std::move(*response);
    } else {
        answer.outcome = Outcome::unreadable;
    }
    co_return answer;
}

}  // namespace revenant::host
