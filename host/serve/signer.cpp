#include "host/serve/signer.hpp"

#include <algorithm>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/service/notify.hpp"
#include "host/output.hpp"
#include "host/serve/refusal.hpp"

namespace revenant::host::serve {
namespace {

/// One of few places.
class Place {
public:
    Place(std::size_t& taken, std::size_t most, const char* what) : taken_{taken} {
        if (taken_ >= most)
            throw Problem{503, fmt::format("the signer is busy: {} {} are under way; ask again", taken_, what)};
        ++taken_;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { --taken_; }

private:
    std::size_t& taken_;
};

Problem strange_answer() {
    return {502, "the device answered something else than was asked: update revenant on both ends"};
}

/// Whether the address is that of the public key: what is given out of a key hangs together.
bool consistent(const KeyStatus& key) {
    const auto public_key = tezos::parse_public_key(key.public_key);
    return public_key && tezos::address(public_key->curve, public_key->bytes) == key.address;
}

}  // namespace

Signer::Signer(const asio::any_io_executor& executor, const Options& options, const ServeSettings& settings)
    : options_{options},
      deadline_{settings.deadline},
      limits_{settings.limits},
      link_{open_link(executor, options, Interface::sign)},
      channel_{executor, *link_} {}

awaitable<void> Signer::tell(std::string where) {
    using namespace asio::experimental::awaitable_operators;
    using Trouble = DeviceChannel::Trouble;
    asio::steady_timer first_look{co_await asio::this_coro::executor, 1s};
    co_await (until_ready() || first_look.async_wait(as_tuple(use_awaitable)));
    auto last = Trouble::none;  // so that an absence at the start is told
    for (;;) {
        const auto now = channel_.trouble();
        if (now == Trouble::none) {
            const auto greeted = co_await greeting();
            spdlog::info("{}", greeted);
            service::status(fmt::format("{}; the device '{}' is ready", where, link_->serial()));
        } else {
            // The ways of being away follow each other quickly: one of them is enough for the log.
            const auto level = last == Trouble::none ? spdlog::level::warn : spdlog::level::debug;
            spdlog::log(level, "{}", no_device().what());
            service::status(fmt::format("{}; {}", where, no_device().what()));
        }
        last = now;
        while (channel_.trouble() == now)
            co_await channel_.trouble_moved();
    }
}

awaitable<void> Signer::until_ready() {
    while (channel_.trouble() != DeviceChannel::Trouble::none)
        co_await channel_.trouble_moved();
}

awaitable<std::string> Signer::greeting() {
    try {
        const auto all = co_await keys();
        const auto unlocked = std::count_if(all.begin(), all.end(),
                                            [](const KeyStatus& key) { return key.lock_state == LockState::unlocked; });
        co_return fmt::format("the device '{}' is ready, {} of its {} keys are unlocked", link_->serial(), unlocked,
                              all.size());
    } catch (const Problem& problem) {
        co_return problem.what();
    }
}

awaitable<std::string> Signer::sign(Question question, Bytes message) {
    const Place place{signing_, limits_.signing, "signatures"};
    Request request = SignRequest{question.address, std::move(message)};
    const auto response = co_await ask(std::move(request));
    if (const auto* error = std::get_if<ErrorResponse>(&response)) {
        if (error->code == ErrorCode::key_not_found)
            known_.erase(question.address);
        throw refusal(question.address, *error);
    }
    const auto* made = std::get_if<SignResponse>(&response);
    if (made == nullptr || made->signature.size() != tezos::signature_size(question.curve))
        throw strange_answer();
    co_return tezos::signature_text(question.curve, made->signature);
}

awaitable<KeyStatus> Signer::key(std::string address) {
    if (known_.count(address) == 0)
        co_await keys();
    const auto found = known_.find(address);
    if (found == known_.end())
        throw Problem{404, fmt::format("{} is no key of the device '{}': 'revenant list' shows those that it has",
                                       address, link_->serial())};
    co_return found->second;
}

awaitable<std::vector<KeyStatus>> Signer::keys() {
    const Place place{looks_, limits_.looks, "questions about keys"};
    Request request = StatusRequest{};
    auto response = co_await ask(std::move(request));
    if (const auto* error = std::get_if<ErrorResponse>(&response))
        throw refusal("the list of keys", *error);
    auto* status = std::get_if<StatusResponse>(&response);
    if (status == nullptr)
        throw strange_answer();
    std::erase_if(status->keys, [](const KeyStatus& key) { return !consistent(key); });
    known_.clear();
    for (const auto& key : status->keys)
        known_.emplace(key.address, key);
    co_return std::move(status->keys);
}

void Signer::require_device() const {
    if (channel_.trouble() != DeviceChannel::Trouble::none)
        throw no_device();
}

awaitable<Response> Signer::ask(Request request) {
    auto answer = co_await channel_.ask(request, deadline_);
    switch (answer.outcome) {
        case Answer::Outcome::answered:
            co_return std::move(answer.response);
        case Answer::Outcome::unreadable:
            throw strange_answer();
        case Answer::Outcome::refused:
            throw Problem{503, "the signer is busy: too many requests wait for the device; ask again"};
        case Answer::Outcome::late:
        case Answer::Outcome::unknown:
            break;
    }
    throw no_device();
}

Problem Signer::no_device() const {
    return {503, no_answer(options_, *link_, channel_, Interface::sign, deadline_).what()};
}

}  // namespace revenant::host::serve
