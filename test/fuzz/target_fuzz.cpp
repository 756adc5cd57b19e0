// Fuzzes request targets of the monitor, host names (after the byte 'h') and the dependencies setting (after the byte
// 'd').
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

#include "common/http/host_names.hpp"
#include "monitor/checks/declaration.hpp"
#include "monitor/web/request_target.hpp"

namespace {

using namespace revenant::monitor;

void require(bool truth) {
    if (!truth)
        std::abort();
}

void check_target(std::string_view text) {
    const auto parsed = revenant::http::parse_target(text);
    if (!parsed)
        return;
    const auto target = read_target(*parsed);
    if (!target)
        return;
    require(parsed->path.starts_with('/'));
    require((target->resource == Resource::file) != target->file.empty());
    require(target->file.find('/') == std::string::npos && !target->file.starts_with('.'));
}

void check_host(std::string_view text) {
    const revenant::http::HostNames names{"signer.example"};
    if (names.know(text) && !text.empty())
        require(!names.know("evil" + std::string{text}) && !names.know("evil." + std::string{text}));
}

void check_declarations(std::string_view text) {
    try {
        const auto all = read_declarations(text);
        require(all.size() <= max_dependencies);
        for (const auto& each : all)
            require(!each.name.empty() && !each.targets.empty() && each.targets.size() <= max_targets);
    } catch (const std::invalid_argument& wrong) {
        require(*wrong.what() != '\0');
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (bytes.starts_with('d'))
        check_declarations(bytes.substr(1));
    else if (bytes.starts_with('h'))
        check_host(bytes.substr(1));
    else
        check_target(bytes);
    return 0;
}
