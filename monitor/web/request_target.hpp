#pragma once

#include <optional>
#include <string>

#include "common/http/target.hpp"

/// The resources of the monitor. The target is untrusted. No state.
namespace revenant::monitor {

enum class Resource : std::uint8_t { alive, ready, health, metrics, state, streams, history, events, file };

struct RequestTarget {
    Resource resource = Resource::alive;
    bool verbose = false;  ///< for ready
    std::string file{};    ///< for file: a plain name without a directory, "index.html" for "/"
};

/// Selects the resource of a target such as "/readyz?verbose". Nothing if the path cannot exist.
std::optional<RequestTarget> read_target(const http::Target& target);

}  // namespace revenant::monitor
