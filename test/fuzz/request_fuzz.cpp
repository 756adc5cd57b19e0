// Fuzzes requests of HTTP. The first byte is the size of the parts in which the rest arrives: any size gives the same
// verdict as the whole at once.
#include <cstdint>
#include <cstdlib>

#include "common/http/request_reader.hpp"

namespace {

using namespace revenant::http;

void require(bool truth) {
    if (!truth)
        std::abort();
}

struct Verdict {
    unsigned status = 0;  ///< 0: it is incomplete
    std::string method{}, path{}, body{};
    bool operator==(const Verdict&) const = default;
};

Verdict read(std::string_view text, std::size_t part) {
    boost::beast::flat_buffer buffer;
    RequestReader reader{64};
    bool begun = false;
    while (!text.empty()) {
        const auto size = std::min(part, text.size());
        buffer.commit(boost::asio::buffer_copy(buffer.prepare(size), boost::asio::buffer(text.data(), size)));
        text.remove_prefix(size);
        begun = begun || skip_empty_lines(buffer);
        if (!begun)
            continue;
        if (const auto rejection = reader.put(buffer)) {
            require(!rejection->sentence.empty());
            return {number(rejection->status)};
        }
        if (!reader.done())
            continue;
        const auto request = reader.take("");
        require(request.body.size() <= 64 && !request.target.path.empty() && request.method != "HEAD");
        require(request.host.empty() || is_authority(request.host));
        return {200, request.method, request.target.path, request.body};
    }
    return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2)
        return 0;
    const std::string_view text{reinterpret_cast<const char*>(data + 1), size - 1};
    const auto parts = read(text, static_cast<std::size_t>(data[0] % 16) + 1);
    const auto whole = read(text, text.size());
    require(parts == whole || parts.status >= 400);  // a part may be rejected before the rest of the header is there
    return 0;
}
