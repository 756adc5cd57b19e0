#include "gadget/keystore/key_record.hpp"

#include <algorithm>
#include <utility>

#include "common/tezos/text.hpp"
#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

Bytes bound_to(std::string_view purpose, const Identity& identity) {
    return context({purpose, identity.id, identity.address, identity.public_key, identity.proof});
}

void put(Bytes& bytes, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint32_t take(ByteView& bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value |= std::uint32_t{bytes[i]} << (8 * i);
    bytes = bytes.subspan(4);
    return value;
}

/// Little endian: floor, floor budget, then 4 bytes per chain.
Bytes encode(const ChainList& list) {
    Bytes bytes;
    put(bytes, static_cast<std::uint32_t>(list.floor));
    put(bytes, list.floor_budget);
    for (const auto& chain : list.chains)
        bytes.insert(bytes.end(), chain.begin(), chain.end());
    return bytes;
}

}  // namespace

std::optional<std::string> normalise_id(std::string_view text) {
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    if (text.empty() || text.size() > 64)
        return {};
    std::string id{text};
    for (auto& c : id) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return {};
    }
    return id;
}

Bytes KeyRecord::to_file() const {
    return write_object({{"id", identity.id},
                         {"curve", identity.curve == Curve::bls ? "tz4" : "tz1"},
                         {"address", identity.address},
                         {"public_key", identity.public_key},
                         {"proof", identity.proof},
                         {"data_key", hex(sealed_data_key)},
                         {"secret", hex(sealed_secret)},
                         {"chains", hex(sealed_chains)}});
}

std::variant<KeyRecord, FileFault> KeyRecord::from_file(ByteView bytes) {
    const auto read = read_object(bytes);
    if (const auto* fault = std::get_if<FileFault>(&read))
        return *fault;
    const auto& object = std::get<boost::json::object>(read);
    const auto id = text_of(object, "id");
    const auto curve = text_of(object, "curve");
    const auto address = text_of(object, "address");
    const auto public_key = text_of(object, "public_key");
    const auto proof = text_of(object, "proof");
    auto data_key = blob_of(object, "data_key");
    auto secret = blob_of(object, "secret");
    auto chains = blob_of(object, "chains");
    if (!id || normalise_id(*id) != std::string{*id} || !address || !public_key || !proof || !data_key || !secret ||
        !chains)
        return FileFault::damaged;
    const auto expected = tezos::curve_of_address(*address);
    if (!expected || !curve || *curve != (*expected == Curve::bls ? "tz4" : "tz1"))
        return FileFault::damaged;
    const Identity identity{std::string{*id}, *expected, std::string{*address}, std::string{*public_key},
                            std::string{*proof}};
    return KeyRecord{identity, std::move(*data_key), std::move(*secret), std::move(*chains)};
}

void KeyRecord::seal_data_key(const Secret& kek, const Secret& data_key) {
    sealed_data_key = seal(kek, data_key, bound_to("data key 1", identity));
}

void KeyRecord::seal_secret(const Secret& data_key, const Secret& secret) {
    sealed_secret = seal(data_key, secret, bound_to("secret 1", identity));
}

void KeyRecord::seal_chains(const Secret& data_key, const ChainList& list) {
    sealed_chains = seal(data_key, encode(list), bound_to("chains 1", identity));
}

Secret KeyRecord::open_data_key(const Secret& kek) const {
    auto data_key = unseal(kek, sealed_data_key, bound_to("data key 1", identity));
    return data_key.size() == key_size ? std::move(data_key) : Secret{};
}

Secret KeyRecord::open_secret(const Secret& data_key) const {
    return unseal(data_key, sealed_secret, bound_to("secret 1", identity));
}

std::optional<ChainList> KeyRecord::open_chains(const Secret& data_key) const {
    if (sealed_chains.size() < seal_overhead + 8)
        return {};
    Bytes plain(sealed_chains.size() - seal_overhead);
    if (!unseal(data_key, sealed_chains, bound_to("chains 1", identity), plain))
        return {};
    ChainList list;
    ByteView rest{plain};
    list.floor = static_cast<std::int32_t>(take(rest));
    list.floor_budget = take(rest);
    for (; rest.size() >= 4; rest = rest.subspan(4)) {
        auto& chain = list.chains.emplace_back();
        std::copy_n(rest.begin(), chain.size(), chain.begin());
    }
    return list;
}

}  // namespace revenant::gadget::keystore
