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
http::Reply fault(const std::exception& error) {
    log::error("internal failure in a request: {}", printable(error.what()));
    return reply_of(Error{Fault::internal, "the signer failed internally: see its log"});
}

}  // namespace

http::Reply reply_of(const Error& error) {
    http::Reply reply;
    reply.status = http_status_of(error.fault());
    reply.body = trace_text(error.what());
    if (const auto* const method = dynamic_cast<const MethodError*>(&error))
        reply.fields.emplace_back("Allow", method->allowed());
    // A client that fails to authenticate gets no second request on the connection.
    reply.close = error.fault() == Fault::not_authenticated || error.fault() == Fault::wrong_authentication ||
                  error.fault() == Fault::too_many_attempts;
    return reply;
}

http::Reply Service::reject(const http::Rejection& rejection) {
    http::Reply reply;
    reply.status = rejection.status;
    reply.body = trace_text(rejection.sentence);
    return reply;
}

awaitable<http::Reply> Service::answer(http::Request request) {
    const Counted counted{metrics_.in_flight};
    ++metrics_.requests;
    auto reply = co_await answer_or_trace(request);
    ++metrics_.answers[http::number(reply.status)];
    counted_();
    co_return reply;
}

awaitable<http::Reply> Service::answer_or_trace(const http::Request& request) {
    http::Reply reply;
    try {
        auto question = read_signer_request(request.method, request.target, settings_.prefix);
        check_origin(request, question.route);
        reply = co_await carry_out(std::move(question), request);
    } catch (const Error& error) {
        reply = reply_of(error);
        if (const auto left_out = refused_.tell())
            log::warn("answered with {}: {}{}", http::number(reply.status), printable(error.what()),
                      *left_out > 0 ? fmt::format(" ({} more since the last such line)", *left_out) : "");
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            throw;
        reply = fault(error);
    } catch (const std::exception& error) {
        reply = fault(error);
    }
    co_return reply;
}

/// Rejects what a page in a browser may have sent. A request over the unix socket comes from a reverse proxy, whose
/// configuration decides which names it serves.
void Service::check_origin(const http::Request& request, Route route) const {
    if (!request.field("Origin").empty())
        throw Error{Fault::not_permitted, "requests from web pages are rejected (Origin header present)"};
    if (route != Route::alive && request.client != "unix" && !settings_.host_names.know(request.host))
        throw Error{Fault::other_host,
                    fmt::format("'{}' is not a host name of this signer: use its address, or add the name to "
                                "--host-names",
                                request.host)};
}

awaitable<http::Reply> Service::carry_out(SignerRequest question, const http::Request& request) {
    http::Reply reply;
    switch (question.route) {
        case Route::signature:
            reply.body = document("signature", co_await sign(std::move(question), request));
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
            reply.type = "text/plain; version=0.0.4; charset=utf-8";
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

/// Counts and records the outcome.
awaitable<std::string> Service::sign(SignerRequest question, const http::Request& request) {
    const auto begin = Clock::now();
    Bytes message;
    Decision decision;
    decision.client = request.client;
    decision.key = question.address;
    const auto done = [&] {
        decision.message = message;
        decision.took = Clock::now() - begin;
        decide(decision);
    };
    try {
        message = read_message(request.body);
        auto made = co_await sign_if_authentic(question, request, message, decision);
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

awaitable<Signed> Service::sign_if_authentic(const SignerRequest& question, const http::Request& request,
                                             const Bytes& message, Decision& decision) {
    decision.operation = operation_in(message, question.curve);
    decision.authenticated =
        co_await authenticator_.authenticate(settings_.client_keys, question, message,
                                             std::string{request.client_address()}, Clock::now() + settings_.deadline);
    decision.admitted = true;
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
