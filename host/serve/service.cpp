#include "host/serve/service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "common/core/log.hpp"
#include "host/octez/trace.hpp"
#include "host/serve/http_status.hpp"
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

/// Increments a counter during its lifetime.
class Counted {
public:
    explicit Counted(std::uint64_t& count) : count_{count} { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

private:
    std::uint64_t& count_;
};

std::optional<tezos::Operation> operation_in(ByteView message, tezos::Curve curve) {
    const auto recognised = tezos::recognise(message, curve);
    const auto* const operation = std::get_if<tezos::Operation>(&recognised);
    return operation != nullptr ? std::optional{*operation} : std::nullopt;
}

/// An internal failure must not end the connections of other clients.
Reply fault(const std::exception& error) {
    log::error("a request met a fault: {}", printable(error.what()));
    return reply_of(Error{Fault::internal, "the signer failed internally: see its log"});
}

}  // namespace

Reply reply_of(const Error& error) {
    const auto* const method = dynamic_cast<const MethodError*>(&error);
    return {http_status_of(error.fault()), trace_text(error.what()), method != nullptr ? method->allowed() : nullptr};
}

awaitable<Reply> Service::answer(Inquiry inquiry) {
    const Counted counted{metrics_.in_flight};
    ++metrics_.requests;
    Reply reply;
    try {
        if (inquiry.from_page)
            throw Error{Fault::not_permitted, "requests from web pages are rejected (Origin header present)"};
        auto question = read_signer_request(inquiry.method, inquiry.target, settings_.prefix);
        reply = co_await carry_out(std::move(question), std::move(inquiry));
    } catch (const Error& error) {
        reply = reply_of(error);
        if (const auto left_out = refused_.tell())
            log::warn("answered with {}: {}{}", reply.status, printable(error.what()),
                      *left_out > 0 ? fmt::format(" ({} more since the last such line)", *left_out) : "");
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
        throw Error{Fault::not_permitted, "this signer does not list its keys: start it with --list-known-keys"};
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
    } catch (const Error& error) {
        decision.status = http_status_of(error.fault());
        decision.reason = name(error.fault());
        done();
        throw;
    }
}

awaitable<Signed> Service::sign_if_authentic(const SignerRequest& question, const Bytes& message, Decision& decision) {
    decision.operation = operation_in(message, question.curve);
    decision.authenticated = authenticate(question, message);
    co_return co_await signer_.sign(question, message, decision.operation);
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
        throw Error{Fault::not_authenticated,
                    "the request has no client signature: sign it with one of the authorized_keys of this signer"};
    const auto* const client = settings_.client_keys.who_signed(question.address, message, *question.authentication);
    if (client == nullptr)
        throw Error{Fault::wrong_authentication,
                    "the client signature is by none of the authorized_keys, or of other bytes"};
    return *client;
}

std::string Service::proof_of(const KeyStatus& key, const SignerRequest& question) {
    if (!question.proven_key.empty() && question.proven_key != key.public_key)
        throw Error{Fault::bad_request,
                    fmt::format("{} proves possession of its own public key only: omit bls_pk", key.address)};
    if (key.proof.empty())
        throw Error{Fault::bad_answer,
                    fmt::format("the device gives no proof of possession of {}: update its software", key.address)};
    return key.proof;
}

}  // namespace revenant::host::serve
