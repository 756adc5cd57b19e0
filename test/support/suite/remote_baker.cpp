#include "test/support/suite/remote_baker.hpp"

#include <stdexcept>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::test {

HttpAnswer ask_signature(HttpClient& client, const BakerKey& key, ByteView message) {
    return client.ask("POST", "/keys/" + key.address, '"' + hex(message) + '"');
}

Bytes signature_in(const HttpAnswer& answer, const BakerKey& key, ByteView message) {
    if (answer.status != 200)
        throw std::runtime_error{"not signed: " + answer.header + answer.body};
    const auto signature = tezos::parse_signature(text_of(answer.json(), "signature")).value();
    if (!tezos::verify(key.curve, key.public_key, message, signature.bytes))
        throw std::runtime_error{"invalid signature of key " + key.id};
    return signature.bytes;
}

RemoteBaker::RemoteBaker(unsigned short port, std::vector<BakerKey> keys)
    : thread_{[this, port, keys = std::move(keys)] { bake(port, keys); }} {}

void RemoteBaker::bake(unsigned short port, const std::vector<BakerKey>& keys) {
    try {
        HttpClient client{port};
        for (std::int32_t level = 1; !stop_; ++level, progress_.add())
            for (const auto& key : keys) {
                const auto message = operation(key.curve, tezos::Kind::attestation, level);
                signature_in(ask_signature(client, key, message), key, message);
            }
    } catch (const std::exception& wrong) {
        failure_ = wrong.what();
    }
}

bool RemoteBaker::goes_on() const {
    return progress_.wait_for(progress_.done() + 2, Suite::patience);
}

std::string RemoteBaker::end() {
    stop_ = true;
    if (thread_.joinable())
        thread_.join();
    return failure_;
}

}  // namespace revenant::test
