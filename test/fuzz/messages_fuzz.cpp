// A decoded message must encode to bytes that decode to the same message. The first byte selects request or response.
#include <cstdlib>

#include <sodium.h>

#include "common/wire/message.hpp"

namespace {

template <typename Message>
void check(std::optional<Message> (*decode)(revenant::ByteView), revenant::ByteView bytes) {
    const auto first = decode(bytes);
    if (!first)
        return;
    const auto encoded = revenant::encode(*first);
    const auto second = decode(encoded);
    if (!second || second->index() != first->index() || revenant::encode(*second) != encoded)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int ready = sodium_init();  // required by Secret
    if (ready < 0)
        std::abort();
    if (size == 0)
        return 0;
    const revenant::ByteView bytes{data + 1, size - 1};
    if ((data[0] & 1U) == 0)
        check(&revenant::decode_request, bytes);
    else
        check(&revenant::decode_response, bytes);
    return 0;
}
