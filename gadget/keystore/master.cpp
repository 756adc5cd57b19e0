#include "gadget/keystore/master.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <sodium.h>

#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

/// The verifier authenticates the clear-text members of the file.
Bytes verifier_context(const Master& master) {
    return context({"verifier 1", master.deterministic ? "deterministic" : "random", std::to_string(master.cost.passes),
                    std::to_string(master.cost.memory)});
}

Bytes seed_context() {
    return context({"seed 1"});
}

}  // namespace

Master Master::make(bool deterministic, const KdfCost& cost) {
    Master master;
    master.deterministic = deterministic;
    master.cost = cost;
    randombytes_buf(master.salt.data(), master.salt.size());
    return master;
}

void Master::seal_under(const Secret& kek) {
    verifier = seal(kek, ByteView{}, verifier_context(*this));  // only its tag is needed
    if (deterministic)
        sealed_seed = seal(kek, random_secret(seed_size), seed_context());
}

Bytes Master::to_file() const {
    return write_object({{"deterministic", deterministic},
                         {"argon2id_passes", cost.passes},
                         {"argon2id_memory", cost.memory},
                         {"salt", hex(salt)},
                         {"verifier", hex(verifier)},
                         {"seed", hex(sealed_seed)}});
}

std::variant<Master, FileFault> Master::from_file(ByteView bytes) {
    const auto read = read_object(bytes);
    if (const auto* fault = std::get_if<FileFault>(&read))
        return *fault;
    const auto& object = std::get<boost::json::object>(read);
    const auto* deterministic = object.if_contains("deterministic");
    const auto passes = number_of(object, "argon2id_passes");
    const auto memory = number_of(object, "argon2id_memory");
    const auto salt = blob_of(object, "salt");
    auto verifier = blob_of(object, "verifier");
    auto seed = blob_of(object, "seed");
    if (!deterministic || !deterministic->is_bool() || !passes || !memory || !salt || salt->size() != salt_size ||
        !verifier || verifier->size() != seal_overhead || !seed || *passes > 0xffff)
        return FileFault::damaged;
    Master master;
    master.deterministic = deterministic->get_bool();
    master.cost = {static_cast<std::uint32_t>(*passes), *memory};
    std::copy(salt->begin(), salt->end(), master.salt.begin());
    master.verifier = std::move(*verifier);
    master.sealed_seed = std::move(*seed);
    if (!is_sane(master.cost) || master.sealed_seed.size() != (master.deterministic ? seed_size + seal_overhead : 0))
        return FileFault::damaged;
    return master;
}

bool Master::accepts(const Secret& kek) const {
    return unseal(kek, verifier, verifier_context(*this), std::span<std::uint8_t>{});
}

Secret Master::seed(const Secret& kek) const {
    return unseal(kek, sealed_seed, seed_context());
}

}  // namespace revenant::gadget::keystore
