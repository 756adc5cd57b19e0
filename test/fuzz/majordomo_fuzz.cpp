// Fuzzes frames of a broker, a worker or a client. The first byte selects the dialect and the sender. Each frame then
// is one size byte and that many bytes.
#include <cstdlib>
#include <string_view>

#include "monitor/mdp/codec.hpp"

namespace {

using namespace revenant::monitor;
using namespace revenant::monitor::mdp;

void require(bool truth) {
    if (!truth)
        std::abort();
}

Frames frames_of(std::string_view bytes) {
    Frames frames;
    while (!bytes.empty()) {
        const auto size = std::min<std::size_t>(static_cast<unsigned char>(bytes.front()), bytes.size() - 1);
        frames.emplace_back(bytes.substr(1, size));
        bytes.remove_prefix(1 + size);
    }
    return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const auto dialect = static_cast<Dialect>(data[0] % 3);
    const auto from = static_cast<Role>(data[0] / 3 % 3);
    const auto frames = frames_of({reinterpret_cast<const char*>(data + 1), size - 1});
    const auto message = decode(dialect, from, frames);
    if (!message)
        return 0;
    // A decoded message must encode to the same frames.
    require(frames.size() <= max_frames);
    require(encode(dialect, from, *message) == frames);
    return 0;
}
