// Fuzzes requests to the remote signer. The first byte selects a body, or a method and a target below a prefix.
#include <cstdlib>
#include <string>

#include <sodium.h>

#include "host/octez/signer_request.hpp"
#include "host/octez/trace.hpp"

namespace {

using namespace revenant;
using namespace revenant::host;
using namespace revenant::host::serve;

void require(bool truth) {
    if (!truth)
        std::abort();
}

/// Returns whether it was accepted. A rejection must be a client error with a message that can be written as JSON.
template <typename Read>
bool accepted(Read read) {
    try {
        read();
        return true;
    } catch (const Error& error) {
        require(error.fault() == Fault::bad_request || error.fault() == Fault::path_not_found ||
                error.fault() == Fault::bad_method);
        require((error.fault() == Fault::bad_method) == (dynamic_cast<const MethodError*>(&error) != nullptr));
        require(!trace_text(error.what()).empty());
        return false;
    }
}

std::string hex(const Bytes& bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

void check_body(std::string_view body) {
    Bytes message;
    if (!accepted([&] { message = read_message(body); }))
        return;
    require(!message.empty() && 2 * message.size() + 2 <= body.size());
    require(read_message('"' + hex(message) + '"') == message);
}

void check_target(std::string_view method, std::string_view text, std::string_view prefix) {
    const auto target = http::parse_target(text);
    if (!target)
        return;
    SignerRequest question;
    if (!accepted([&] { question = read_signer_request(method, *target, prefix); }))
        return;
    require(method == "GET" || (method == "POST" && question.route == Route::signature));
    require(target->path.starts_with('/'));
    const bool of_a_key =
        question.route == Route::public_key || question.route == Route::signature || question.route == Route::proof;
    require(of_a_key != question.address.empty());
    if (!of_a_key)
        return;
    require(tezos::curve_of_address(question.address) == question.curve);
    require(target->path.find(question.address) != std::string::npos);
    require(question.route != Route::proof || question.curve == tezos::Curve::bls);
    // The parsed fields are complete: the request in its plainest form must give the same route.
    const auto* const path = question.route == Route::proof ? "/bls_prove_possession/" : "/keys/";
    require(read_signer_request(method, {path + question.address}, "").route == question.route);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const std::string_view rest{reinterpret_cast<const char*>(data + 1), size - 1};
    if (data[0] == 'b')
        check_body(rest);
    else
        check_target(data[0] == 'p' ? "POST" : data[0] == 'd' ? "DELETE" : "GET", rest, data[0] == 'x' ? "/a/b" : "");
    return 0;
}
