// The command sign: the signature is verified before it is shown.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <sodium.h>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "host/channel/key_id.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/report.hpp"

namespace revenant::host {
namespace {

/// Longer than any consensus operation; the device checks the rest.
constexpr std::size_t max_message_bytes = 65536;

Bytes message_of_hex(const std::string& hex) {
    Bytes message(hex.size() / 2);
    std::size_t size = 0;
    const char* end = nullptr;
    sodium_hex2bin(message.data(), message.size(), hex.data(), hex.size(), nullptr, &size, &end);
    if (hex.empty() || hex.size() % 2 != 0 || end != hex.data() + hex.size())
        throw usage_error(
            "the message to sign is not hexadecimal: give an even number of digits 0-9 and a-f, or "
            "the raw bytes with --file");
    if (message.size() > max_message_bytes)
        throw usage_error(fmt::format("the message to sign is too long: at most {} bytes", max_message_bytes));
    return message;
}

Bytes message_of_file(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    Bytes message(max_message_bytes + 1);
    if (!file)
        throw usage_error(fmt::format("cannot read the file '{}': check its path and its mode", name));
    file.read(reinterpret_cast<char*>(message.data()), static_cast<std::streamsize>(message.size()));
    message.resize(static_cast<std::size_t>(file.gcount()));
    if (message.empty() || message.size() > max_message_bytes)
        throw usage_error(fmt::format("the file '{}' is {}: expected 1 to {} raw bytes", name,
                                      message.empty() ? "empty or not a regular file" : "too long", max_message_bytes));
    return message;
}

Bytes message_of(const Call& call) {
    const auto file = call.options.text("file");
    if (file.empty() == (call.operands.size() == 1))
        throw usage_error("sign takes a key and either the message in hexadecimal or --file, not both");
    return file.empty() ? message_of_hex(call.operands.at(1)) : message_of_file(file);
}

awaitable<KeyStatus> find_key(const Call& call, Device& device) {
    const auto& word = call.operands.at(0);
    const auto wanted = tezos::curve_of_address(word) ? word : key_id(word);
    Request request = StatusRequest{};
    auto status = co_await call.ask<StatusResponse>(device, std::move(request), "reading the keys");
    const auto found = std::find_if(status.keys.begin(), status.keys.end(), [&](const KeyStatus& key) {
        return key.key_id == wanted || key.address == wanted;
    });
    if (found == status.keys.end())
        throw key_not_found(wanted);
    co_return std::move(*found);
}

}  // namespace

awaitable<Report> sign(const Call& call, Device& device) {
    auto message = message_of(call);
    const auto key = co_await find_key(call, device);
    Request request = SignRequest{key.address, message};
    const auto answer = co_await call.ask<SignResponse>(device, std::move(request), "signing");
    const auto public_key = tezos::parse_public_key(key.public_key);
    if (!public_key || !tezos::verify(public_key->curve, public_key->bytes, message, answer.signature))
        throw Error{
            Fault::bad_answer,
            fmt::format("the device's signature does not verify with the key {}: do not use it, and check the device",
                        key.key_id)};
    const auto signature = tezos::signature_text(public_key->curve, answer.signature);
    Report report;
    report.json = {{"id", key.key_id}, {"address", key.address}, {"signature", signature}};
    report.text = signature + '\n';
    co_return report;
}

}  // namespace revenant::host
