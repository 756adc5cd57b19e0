#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What a request of HTTP asks for, read from its target. The text may come from anyone. No state.
namespace revenant::monitor {

enum class Resource : std::uint8_t { alive, ready, health, metrics, state, streams, history, events, file };

struct RequestTarget {
    Resource resource = Resource::alive;
    bool verbose = false;  ///< of ready
    std::string file{};    ///< of file: a plain name without a directory, "index.html" for "/"
};

/// Reads "/readyz?verbose". Nothing if there can be nothing at that path. Nothing is decoded: no path here needs an
/// escape.
std::optional<RequestTarget> read_target(std::string_view text);

/// The value of a parameter in the target's query, as it stands there.
std::optional<std::string> parameter(std::string_view text, std::string_view name);

}  // namespace revenant::monitor
