#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "host/devices/lines.hpp"
#include "host/serve/figures.hpp"

/// What a running server tells of itself. The same numbers in two formats.
namespace revenant::host::serve {

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const Figures& figures, const Lines& lines);

/// For the status socket.
boost::json::object status_object(const Figures& figures, const Lines& lines);

}  // namespace revenant::host::serve
