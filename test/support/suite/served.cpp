#include "test/support/suite/served.hpp"

#include "common/tezos/text.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::test {

SuiteSettings with_signer(std::vector<std::string> arguments) {
    SuiteSettings settings;
    settings.signer = std::move(arguments);
    return settings;
}

std::string quoted(ByteView message) {
    return '"' + hex(message) + '"';
}

std::vector<BakerKey> keys_of(Suite& suite) {
    std::vector<BakerKey> keys;
    const auto list = suite.host_json({"list"});
    for (const auto& entry : list.at("keys").as_array()) {
        auto public_key = tezos::parse_public_key(text_of(entry, "public_key")).value();
        keys.push_back({text_of(entry, "id"), text_of(entry, "address"), public_key.curve, public_key.bytes});
    }
    return keys;
}

Served::Served(const SuiteSettings& settings, bool unlocked) : suite{settings} {
    suite.host_json({"init"});
    suite.host_json({"new", "four"});
    suite.host_json({"new", "one", "--kind", "tz1"});
    if (unlocked)
        suite.host_json({"unlock"});
    keys = keys_of(suite);
}

HttpAnswer Served::ask(const std::string& method, const std::string& target, const std::string& body) {
    return HttpClient{suite.signer_port()}.ask(method, target, body);
}

HttpAnswer Served::sign(const BakerKey& key, ByteView message) {
    HttpClient client{suite.signer_port()};
    return ask_signature(client, key, message);
}

}  // namespace revenant::test
