#include "host/octez/signer_request.hpp"

#include <array>
#include <map>
#include <vector>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <sodium.h>

namespace revenant::host::serve {
namespace {

using Words = std::vector<std::string_view>;
using Query = std::map<std::string, std::string>;

constexpr auto resources =
    "use authorized_keys, known_keys, keys/ADDRESS, bls_prove_possession/ADDRESS, livez, readyz or metrics";

Error bad(const std::string& sentence) {
    return {Fault::bad_request, sentence};
}

/// Splits a text at separators; drops empty parts.
Words split(std::string_view text, char separator) {
    Words words;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0)
            words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// Unknown parameters are ignored, as by an Octez server.
Query read_query(std::string_view text) {
    Query query;
    for (auto& pair : http::parse_query(text))
        if (!query.insert(std::move(pair)).second)
            throw bad("a parameter of the query occurs twice: send it once");
    return query;
}

/// Returns the path's segments after the prefix.
Words path_below(std::string_view path, std::string_view prefix) {
    auto words = split(path, '/');
    for (const auto expected : split(prefix, '/')) {
        if (words.empty() || words.front() != expected)
            throw Error{Fault::path_not_found, fmt::format("unknown path: begin it with '{}'", prefix)};
        words.erase(words.begin());
    }
    return words;
}

tezos::Curve read_address(std::string_view text) {
    const auto address = parse_address(text);
    if (!address)
        throw bad("the path has no valid address of a key: it begins with tz4 or tz1 and has a checksum");
    if (address->kind != KeyKind::bls && address->kind != KeyKind::ed25519)
        throw Error{Fault::path_not_found,
                    fmt::format("{} is not a key of this signer: it has tz1 and tz4 keys only", text)};
    return address->kind == KeyKind::bls ? tezos::Curve::bls : tezos::Curve::ed25519;
}

Route subject_of(const Words& path, std::string_view method) {
    const auto is = [&](std::string_view name, std::size_t size) { return path.size() == size && path[0] == name; };
    const auto only_get = [&](Route route) {
        if (method != "GET")
            throw MethodError{fmt::format("this path does not support {}: use GET", method), "GET"};
        return route;
    };
    if (is("keys", 2)) {
        if (method == "POST")
            return Route::signature;
        if (method != "GET")
            throw MethodError{
                fmt::format("this path does not support {}: use GET to read the key, POST to sign", method),
                "GET, POST"};
        return Route::public_key;
    }
    if (is("bls_prove_possession", 2))
        return only_get(Route::proof);
    if (is("authorized_keys", 1))
        return only_get(Route::authorized_keys);
    if (is("known_keys", 1))
        return only_get(Route::known_keys);
    if (is("livez", 1))
        return only_get(Route::alive);
    if (is("readyz", 1))
        return only_get(Route::ready);
    if (is("metrics", 1))
        return only_get(Route::metrics);
    throw Error{Fault::path_not_found, fmt::format("unknown path: {}", resources)};
}

/// In older versions, BLS signatures cover other bytes.
void check_version(std::string_view version) {
    if (version == "2" || version == "3")
        return;
    if (version == "0" || version == "1")
        throw bad(fmt::format("signature version {} is not supported: request version 2 or 3, or none", version));
    throw bad("invalid signature version: request version 2 or 3, or none");
}

ClientSignature read_authentication(std::string_view text) {
    if (auto signature = parse_client_signature(text))
        return std::move(*signature);
    throw bad(
        "the authentication is not a signature: it begins with edsig, spsig1, p2sig, BLsig or sig and has a checksum");
}

}  // namespace

SignerRequest read_signer_request(std::string_view method, const http::Target& target, std::string_view prefix) {
    const auto path = path_below(target.path, prefix);
    SignerRequest request;
    request.route = subject_of(path, method);
    if (path.size() == 1)
        return request;
    request.curve = read_address(path[1]);
    request.address = path[1];
    const auto query = read_query(target.query);
    if (request.route == Route::signature) {
        if (const auto version = query.find("version"); version != query.end())
            check_version(version->second);
        if (const auto text = query.find("authentication"); text != query.end())
            request.authentication = read_authentication(text->second);
    } else if (request.route == Route::proof) {
        if (request.curve != tezos::Curve::bls)
            throw bad(fmt::format("{} has no proof of possession: only tz4 keys have one", request.address));
        if (const auto key = query.find("bls_pk"); key != query.end())
            request.proven_key = key->second;
    }
    return request;
}

Bytes read_message(std::string_view body) {
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        throw bad("the request has no body: send the bytes to sign as one JSON string of hexadecimal digits");
    boost::json::error_code failed;
    const auto value = boost::json::parse(body, failed);
    if (failed || !value.is_string())
        throw bad(fmt::format("the body is {}: send the bytes to sign as one JSON string of hexadecimal digits",
                              failed ? "not JSON" : "JSON, but not a string"));
    const auto& hex = value.get_string();
    if (hex.empty())
        throw bad("the message to sign is empty: send its bytes in hexadecimal");
    if (hex.starts_with("0x") || hex.starts_with("0X"))
        throw bad("the message to sign begins with 0x: send only the digits");
    if (hex.size() % 2 != 0)
        throw bad(
            fmt::format("the message to sign has an odd number of digits ({}): send two for each byte", hex.size()));
    Bytes message(hex.size() / 2);
    std::size_t size = 0;
    const char* end = nullptr;
    sodium_hex2bin(message.data(), message.size(), hex.data(), hex.size(), nullptr, &size, &end);
    if (end != hex.data() + hex.size())
        throw bad(fmt::format("the message to sign is not hexadecimal at character {}: send 0-9 and a-f",
                              end - hex.data() + 1));
    return message;
}

}  // namespace revenant::host::serve
