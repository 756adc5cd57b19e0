#include "test/support/suite/baker.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <stdexcept>

#include <sodium.h>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "test/support/basics/payload_shapes.hpp"

namespace revenant::test {
namespace {

using tezos::Curve;
using tezos::Kind;

/// Calls sodium_init() before a Secret or a random id is created.
SuiteSettings with_store(SuiteSettings settings) {
    if (::sodium_init() < 0)
        throw std::runtime_error{"cannot initialise libsodium"};
    if (settings.store == PreparedStore::none)
        settings.store = PreparedStore::cheap;
    return settings;
}

std::optional<unsigned> number_from_environment(const char* name) {
    const char* const text = std::getenv(name);
    return text != nullptr ? std::optional{static_cast<unsigned>(std::stoul(text))} : std::nullopt;
}

}  // namespace

Bytes operation(Curve curve, Kind kind, std::int32_t level, std::int32_t round, std::uint8_t salt) {
    auto made = shape((curve == Curve::bls ? "tz4 " : "tz1 ") + std::string{tezos::name(kind)});
    const auto level_bytes = static_cast<std::uint32_t>(level);
    if (kind == Kind::block) {
        constexpr std::size_t header_level = 5, fitness_level = 96, context = 120;
        put(made.bytes, header_level, level_bytes);
        put(made.bytes, fitness_level, level_bytes);
        made.bytes[context] = salt;
    } else {
        put(made.bytes, made.marks.find('l'), level_bytes);
        made.bytes.back() = salt;
    }
    put(made.bytes, made.marks.find('r'), static_cast<std::uint32_t>(round));
    return made.bytes;
}

Secret passphrase(std::string text) {
    return Secret{std::span{reinterpret_cast<std::uint8_t*>(text.data()), text.size()}};
}

Baker::Baker(const SuiteSettings& settings, const Names& names) : suite{with_store(settings)} {
    come();
    if (management->expect<StatusResponse>(StatusRequest{}).keys.empty())
        make_keys(names, settings.bus == Bus::usb ? 5 : 1);
    std::vector<std::string> ids;
    for (const auto& known : management->expect<StatusResponse>(StatusRequest{}).keys) {
        auto public_key = tezos::parse_public_key(known.public_key).value();
        keys.push_back({known.key_id, known.address, public_key.curve, std::move(public_key.bytes)});
        ids.push_back(known.key_id);
    }
    for (const auto& result : management->expect<UnlockResponse>(UnlockRequest{ids, passphrase()}).results)
        if (!result.ok)
            throw std::runtime_error{"key " + result.key_id + " cannot be unlocked: " + result.error};
}

/// An emulated machine can stall so long that the link is lost while a key is created. Then the status is read again,
/// and only the missing keys are created.
void Baker::make_keys(const Names& names, int tries) {
    try {
        make_missing(names);
    } catch (const OutcomeUnknown&) {
        if (tries == 1)
            throw;
        make_keys(names, tries - 1);
    }
}

void Baker::make_missing(const Names& names) {
    const auto known = management->expect<StatusResponse>(StatusRequest{}).keys;
    for (const auto& [id, kind] : names) {
        if (std::any_of(known.begin(), known.end(), [&](const KeyStatus& key) { return key.key_id == id; }))
            continue;
        const auto made = management->expect<NewKeysResponse>(NewKeysRequest{{id}, passphrase(), kind}).results.at(0);
        if (!made.ok)
            throw std::runtime_error{"cannot create key " + id + ": " + made.error};
    }
}

Bytes Baker::signature(const BakerKey& key, const Bytes& message, const Response& response) {
    const auto* signature = std::get_if<SignResponse>(&response);
    if (signature == nullptr) {
        const auto* error = std::get_if<ErrorResponse>(&response);
        throw std::runtime_error{"not signed: " + (error != nullptr ? error->message : "unexpected response")};
    }
    if (!tezos::verify(key.curve, key.public_key, message, signature->signature))
        throw std::runtime_error{"signature of key " + key.id + " is invalid"};
    return signature->signature;
}

void Baker::leave() {
    sign.reset();
    management.reset();
    for (const auto* endpoint : {"gadget/ep-sign.sock", "gadget/ep-management.sock"})
        suite.wait_until_gone(endpoint);
}

void Baker::come() {
    suite.wait_for_socket("registrar/status.sock");
    sign.emplace(suite.link(host::Interface::sign));
    management.emplace(suite.link(host::Interface::management));
}

KeyStatus Baker::key_status(const std::string& id) {
    for (auto& key : management->expect<StatusResponse>(StatusRequest{}).keys)
        if (key.key_id == id)
            return std::move(key);
    throw std::runtime_error{"key " + id + " is missing in the status"};
}

void wait_ready(Suite& suite, bool ready) {
    suite.wait_status("registrar",
                      [ready](const boost::json::object& status) { return status.at("ready").as_bool() == ready; });
}

unsigned rounds(unsigned usual) {
    return number_from_environment("TEST_ROUNDS").value_or(usual);
}

unsigned seed() {
    const auto chosen = number_from_environment("TEST_SEED").value_or(std::random_device{}());
    std::cerr << "seed: TEST_SEED=" << chosen << '\n';
    return chosen;
}

}  // namespace revenant::test
