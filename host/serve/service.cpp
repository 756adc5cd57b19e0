#include "host/serve/service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "common/core/log.hpp"
#include "host/serve/status.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::serve {
namespace {

namespace json = boost::json;

std::string document(const char* name, std::string_view text) {
    return json::serialize(json::object{{name, text}});
}

std::string document(const char* name, json::array list) {
    return json::serialize(json::object{{name, std::move(list)}});
}

/// One more for as long as it lives.
class Counted {
public:
    explicit Counted(std::uint64_t& count) : count_{count} { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

private:
    std::uint64_t& count_;
};

/// Nothing that a client can do leads here, and nobody else is to suffer from it.
Reply fault(const std::exception& error) {
    log::error("a request met a fault: {}", printable(error.what()));
    return reply_of(Problem{500, "the signer met a fault of its own: see its log"});
}

}  // namespace

Reply reply_of(const Problem& problem) {
    return {problem.status(), trace_text(problem), problem.allowed()};
}

awaitable<Reply> Service::answer(Inquiry inquiry) {
    const Counted counted{metrics_.in_flight};
    ++metrics_.requests;
    Reply reply;
    try {
        if (inquiry.from_page)
            throw Problem{403, "a page in a browser asks, which no baker is: this signer answers none"};
        auto question = read_signer_request(inquiry.method, inquiry.target, settings_.prefix);
        reply = co_await carry_out(std::move(question), std::move(inquiry));
    } catch (const Problem& problem) {
        if (const auto left_out = refused_.tell())
            log::warn("answered with {}: {}{}", problem.status(), printable(problem.what()),
                      *left_out > 0 ? fmt::format(" ({} more since the last such line)", *left_out) : "");
        reply = reply_of(problem);
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            throw;
        reply = fault(error);
    } catch (const std::exception& error) {
        reply = fault(error);
    }
    ++metrics_.answers[reply.status];
    counted_();
    co_return reply;
}

awaitable<Reply> Service::carry_out(SignerRequest question, Inquiry inquiry) {
    Reply reply;
    switch (question.route) {
        case Route::signature:
            reply.body = document("signature", co_await sign(std::move(question), inquiry));
            break;
        case Route::public_key: {
            const auto key = co_await signer_.key(question.address);
            reply.body = document("public_key", key.public_key);
            break;
        }
        case Route::proof: {
            const auto key = co_await signer_.key(question.address);
            reply.body = document("bls_prove_possession", proof_of(key, question));
            break;
        }
        case Route::authorized_keys: {
            const auto& addresses = settings_.client_keys.addresses();
            reply.body =
                addresses.empty() ? "{}" : document("authorized_keys", json::array(addresses.begin(), addresses.end()));
            break;
        }
        case Route::known_keys:
            reply.body = co_await known_keys();
            break;
        case Route::metrics:
            reply.body = metrics_text(metrics_, signer_.devices());
            reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
            break;
        case Route::ready:
            co_await signer_.require_ready();
            reply.body = "{}";
            break;
        case Route::alive:
            reply.body = "{}";
            break;
    }
    co_return reply;
}

awaitable<std::string> Service::known_keys() {
    if (!settings_.list_known_keys)
        throw Problem{403, "this signer does not list its keys: start it with --list-known-keys"};
    json::array addresses;
    for (const auto& key : co_await signer_.keys())
        addresses.emplace_back(key.address);
    co_return document("known_keys", std::move(addresses));
}

/// Whatever becomes of it is counted and written down.
awaitable<std::string> Service::sign(SignerRequest question, const Inquiry& inquiry) {
    const auto begin = std::chrono::steady_clock::now();
    Bytes message;
    Decision decision;
    decision.client = inquiry.client;
    decision.key = question.address;
    const auto done = [&] {
        decision.message = message;
        decision.took = std::chrono::steady_clock::now() - begin;
        decide(decision);
    };
    try {
        message = read_message(inquiry.body);
        auto made = co_await sign_if_authentic(question, message, decision);
        decision.device = made.device;
        done();
        co_return std::move(made.signature);
    } catch (const Problem& problem) {
        decision.status = problem.status();
        decision.reason = problem.reason();
        done();
        throw;
    }
}

awaitable<Signed> Service::sign_if_authentic(const SignerRequest& question, const Bytes& message, Decision& decision) {
    const auto recognised = tezos::recognise(message, question.curve);
    if (const auto* operation = std::get_if<tezos::Operation>(&recognised))
        decision.operation = *operation;
    decision.authenticated = authenticate(question, message);
    co_return co_await signer_.sign(question, message);
}

void Service::decide(const Decision& decision) {
    if (decision.reason.empty()) {
        ++metrics_.signatures;
        metrics_.signing.observe(std::chrono::duration<double>{decision.took}.count());
    } else {
        ++metrics_.refusals[decision.reason];
    }
    audit_.write(decision);
}

/// The address of the key that the client signed with; empty if none is asked for.
std::string Service::authenticate(const SignerRequest& question, ByteView message) const {
    if (settings_.client_keys.empty())
        return {};
    if (!question.authentication)
        throw Problem{401, "this signer answers known clients only: sign the request with one of its authorized_keys"};
    const auto* const client = settings_.client_keys.who_signed(question.address, message, *question.authentication);
    if (client == nullptr)
        throw Problem{403, "the request's authentication is by none of the authorized_keys, or of other bytes"}.because(
            "not_authenticated");
    return *client;
}

std::string Service::proof_of(const KeyStatus& key, const SignerRequest& question) {
    if (!question.proven_key.empty() && question.proven_key != key.public_key)
        throw Problem{
            400, fmt::format("{} proves the possession of its own public key only: leave bls_pk away", key.address)};
    if (key.proof.empty())
        throw Problem{502,
                      fmt::format("the device gives no proof of possession of {}: update its software", key.address)};
    return key.proof;
}

}  // namespace revenant::host::serve
