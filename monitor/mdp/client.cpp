#include "monitor/mdp/client.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sodium/randombytes.h>

namespace revenant::monitor::mdp {
namespace {

constexpr auto lookup = "mmi.service";
constexpr auto echoed = "echo";            // the code of a verdict
constexpr std::size_t max_strangers = 64;  // unrelated messages per request: a flood must not block the loop

Verdict verdict_of(const std::string& code) {
    using Outcome = Verdict::Outcome;
    const bool is_code = code.size() == 3 && code.find_first_not_of("0123456789") == std::string::npos;
    const auto outcome = code == "200" ? Outcome::found : code == "404" ? Outcome::absent : Outcome::strange;
    return {outcome, is_code ? code : "an invalid code"};
}

}  // namespace

Client::Client(const asio::any_io_executor& executor, ZmqSockets& sockets, Peer peer)
    : executor_{executor},
      sockets_{sockets},
      peer_{std::move(peer)},
      run_{fmt::format("{:08x}", randombytes_random())} {}

Message Client::lookup_request() const {
    return {Command::request, lookup, "", {peer_.service}};
}

Message Client::echo_request(const std::string& tag) const {
    return {Command::request, peer_.service, "", {tag}};
}

awaitable<Verdict> Client::ask(Moment deadline) {
    struct Asking {
        bool& is;
        ~Asking() { is = false; }
    } const asking{asking_};
    asking_ = true;
    const auto tag = fmt::format("{}-{}", run_, ++questions_);
    const auto frames = encode(peer_.dialect, Role::client, peer_.echo ? echo_request(tag) : lookup_request());
    const auto now = Clock::now();
    const auto first_deadline = peer_.echo && deadline > now ? now + (deadline - now) * 3 / 4 : deadline;
    Verdict verdict;
    bool spent = true;  // a late response may arrive, or the socket is unusable
    try {
        drop_leftovers();
        if (!pump_)
            pump_.emplace(executor_, sockets_.dealer(peer_.endpoint));
        const bool sent = co_await pump_->send(*frames, first_deadline);
        std::optional<Verdict> answer;
        if (sent)
            answer = co_await next_answer(tag, !peer_.echo, first_deadline);
        if (sent && !answer && peer_.echo)
            answer = co_await ask_broker_too(tag, deadline);
        // An unsent request has no late response, and the socket keeps connecting.
        spent = pump_->given_up() || (sent && !answer && !peer_.echo);
        if (answer)
            verdict = *answer;
    } catch (const TooManySockets& error) {
        verdict = {Verdict::Outcome::no_socket, error.what()};
    } catch (const ::zmq::error_t& error) {
        verdict = {Verdict::Outcome::no_socket, error.what()};
    }
    if (spent)
        replace();
    co_return verdict;
}

void Client::reset() {
    if (asking_ && pump_)
        pump_->give_up();
    else
        replace();
}

/// Finds out who is silent. A late echo still counts.
awaitable<std::optional<Verdict>> Client::ask_broker_too(std::string tag, Moment deadline) {
    const auto frames = encode(peer_.dialect, Role::client, lookup_request());
    const bool sent = co_await pump_->send(*frames, deadline);
    if (!sent)
        co_return std::nullopt;
    auto answer = co_await next_answer(std::move(tag), true, deadline);
    if (answer && answer->code != echoed)
        answer->outcome = Verdict::Outcome::no_echo;
    co_return answer;
}

/// Waits for the response to the request with this tag, or for the broker's own response. Discards partial, unrelated
/// and invalid messages; they do not extend the deadline.
awaitable<std::optional<Verdict>> Client::next_answer(std::string tag, bool from_broker, Moment deadline) {
    for (std::size_t strangers = 0; strangers < max_strangers; ++strangers) {
        const auto frames = co_await pump_->receive(deadline);
        if (!frames)
            co_return std::nullopt;
        const auto message = decode(peer_.dialect, Role::broker, *frames);
        const bool final = message && message->command == Command::final;
        if (final && peer_.echo && message->service == peer_.service &&
            std::find(message->body.begin(), message->body.end(), tag) != message->body.end())
            co_return Verdict{Verdict::Outcome::found, echoed};
        if (final && from_broker && message->service == lookup)
            co_return verdict_of(message->body.empty() ? "" : message->body.back());
        ++discarded_;
    }
    co_return std::nullopt;
}

/// Discards messages that arrived without a request. The broker is then out of step: its next response may be stale.
void Client::drop_leftovers() {
    if (!pump_)
        return;
    bool out_of_step = false;
    for (std::size_t count = 0; count < max_frames && pump_->receive_now(); ++count) {
        ++discarded_;
        out_of_step = true;
    }
    if (out_of_step && !peer_.echo)
        replace();
}

void Client::replace() {
    if (!pump_)
        return;
    pump_.reset();
    ++replaced_;
}

}  // namespace revenant::monitor::mdp
