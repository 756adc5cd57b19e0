#pragma once

#include <boost/json/object.hpp>

/// Helpers for status objects.
namespace revenant::test {

inline std::uint64_t number(const boost::json::object& status, const char* name) {
    return status.at(name).to_number<std::uint64_t>();
}

inline const auto enabled = [](const boost::json::object& status) { return status.at("state") == "enabled"; };
inline const auto waiting = [](const boost::json::object& status) { return status.at("state") == "waiting"; };

}  // namespace revenant::test
