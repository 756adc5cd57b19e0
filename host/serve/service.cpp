#include "host/serve/service.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "host/output.hpp"

namespace revenant::host::serve {
namespace {

namespace json = boost::json;

std::string document(const char* name, std::string_view text) {
    return json::serialize(json::object{{name, text}});
}

std::string document(const char* name, json::array list) {
    return json::serialize(json::object{{name, std::move(list)}});
}

/// Nothing that a client can do leads here, and nobody else is to suffer from it.
Reply fault(const std::exception& error) {
    spdlog::error("a request met a fault: {}", printable(error.what()));
    return reply_of(Problem{500, "the signer met a fault of its own: see its log"});
}

}  // namespace

Reply reply_of(const Problem& problem) {
    return {problem.status(), trace_text(problem), problem.allowed()};
}

awaitable<Reply> Service::answer(Inquiry inquiry) {
    Reply reply;
    try {
        auto question = read_question(inquiry.method, inquiry.target, settings_.prefix);
        reply.body = co_await carry_out(std::move(question), std::move(inquiry.body));
    } catch (const Problem& problem) {
        spdlog::warn("answered with {}: {}", problem.status(), printable(problem.what()));
        reply = reply_of(problem);
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            throw;
        reply = fault(error);
    } catch (const std::exception& error) {
        reply = fault(error);
    }
    co_return reply;
}

awaitable<std::string> Service::carry_out(Question question, std::string body) {
    switch (question.subject) {
        case Subject::signature: {
            auto message = read_message(body);
            authenticate(question, message);
            auto signature = co_await signer_.sign(std::move(question), std::move(message));
            co_return document("signature", signature);
        }
        case Subject::public_key: {
            const auto key = co_await signer_.key(question.address);
            co_return document("public_key", key.public_key);
        }
        case Subject::proof: {
            const auto key = co_await signer_.key(question.address);
            co_return document("bls_prove_possession", proof_of(key, question));
        }
        case Subject::authorized_keys: {
            if (settings_.client_keys.empty())
                co_return "{}";
            const auto& addresses = settings_.client_keys.addresses();
            co_return document("authorized_keys", json::array(addresses.begin(), addresses.end()));
        }
        case Subject::known_keys: {
            if (!settings_.list_known_keys)
                throw Problem{403, "this signer does not list its keys: start it with --list-known-keys"};
            json::array addresses;
            for (const auto& key : co_await signer_.keys())
                addresses.emplace_back(key.address);
            co_return document("known_keys", std::move(addresses));
        }
        case Subject::ready:
            signer_.require_device();
            co_return "{}";
        case Subject::alive:
            break;
    }
    co_return "{}";
}

void Service::authenticate(const Question& question, ByteView message) const {
    if (settings_.client_keys.empty())
        return;
    if (!question.authentication)
        throw Problem{401, "this signer answers known clients only: sign the request with one of its authorized_keys"};
    if (!settings_.client_keys.signed_this(question.address, message, *question.authentication))
        throw Problem{403, "the request's authentication is by none of the authorized_keys, or of other bytes"};
}

std::string Service::proof_of(const KeyStatus& key, const Question& question) {
    if (!question.proven_key.empty() && question.proven_key != key.public_key)
        throw Problem{
            400, fmt::format("{} proves the possession of its own public key only: leave bls_pk away", key.address)};
    if (key.proof.empty())
        throw Problem{502,
                      fmt::format("the device gives no proof of possession of {}: update its software", key.address)};
    return key.proof;
}

}  // namespace revenant::host::serve
