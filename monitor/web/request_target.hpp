#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Parses the target of an HTTP request. The input is untrusted. No state.
namespace revenant::monitor {

enum class Resource : std::uint8_t { alive, ready, health, metrics, state, streams, history, events, file };

struct RequestTarget {
    Resource resource = Resource::alive;
    bool verbose = false;  ///< for ready
    std::string file{};    ///< for file: a plain name without a directory, "index.html" for "/"
};

/// Parses a target such as "/readyz?verbose". Nothing if the path cannot exist. No percent-decoding: no valid path
/// needs it.
std::optional<RequestTarget> read_target(std::string_view text);

/// The value of a query parameter, not percent-decoded; nothing if it is absent.
std::optional<std::string> parameter(std::string_view text, std::string_view name);

}  // namespace revenant::monitor
