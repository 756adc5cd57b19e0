// Signs level after level, with two conflicting requests each time, and prints each signature, until the power is cut.
// power_cut.sh checks that the signatures of all runs on one store do not conflict.
#include <cstdlib>
#include <iostream>

#include <sodium.h>

#include "common/tezos/payload.hpp"
#include "test/vm/vm_baker.hpp"

namespace {

using namespace revenant;
using namespace revenant::test;

std::string hex(ByteView bytes) {
    std::string text(2 * bytes.size() + 1, '\0');
    ::sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

/// The highest level that a key has signed. It is requested again, with different contents.
std::int32_t first_level(Baker& baker) {
    std::uint64_t highest = 0;
    for (const auto& key : baker.management->expect<StatusResponse>(StatusRequest{}).keys)
        for (const auto* last : {&key.block, &key.preattestation, &key.attestation})
            highest = std::max(highest, last->level);
    return static_cast<std::int32_t>(highest);
}

void sign(Baker& baker, std::int32_t level) {
    struct Asked {
        const BakerKey& key;
        tezos::Kind kind;
        Bytes message;
        std::future<host::Answer> answer;
    };
    std::vector<Asked> all;
    for (const auto& key : baker.keys)
        for (const auto kind : kinds)
            for (const auto salt : {static_cast<std::uint8_t>(::randombytes_uniform(256)), std::uint8_t{0}}) {
                auto message = operation(key.curve, kind, level, 0, salt);
                auto answer = baker.ask(key, message);
                all.push_back({key, kind, std::move(message), std::move(answer)});
            }
    for (auto& [key, kind, message, answer] : all) {
        const auto response = response_of(std::move(answer));
        if (error_of(response) == ErrorCode::stale_watermark)
            continue;
        const auto signature = Baker::signature(key, message, response);
        std::cout << "SIGNED " << key.id << ' ' << tezos::name(kind) << ' ' << level << ' ' << hex(message)
                  << std::endl;
    }
}

}  // namespace

int main() {
    try {
        VmBaker device;
        for (auto level = first_level(device.baker);; ++level)
            sign(device.baker, level);
    } catch (const std::exception& error) {
        std::cout << "FAILED " << error.what() << std::endl;
        return EXIT_FAILURE;
    }
}
