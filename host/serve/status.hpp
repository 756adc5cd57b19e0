#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "host/devices/device_pool.hpp"
#include "host/serve/metrics.hpp"

/// The status of a running server in two formats.
namespace revenant::host::serve {

/// Prometheus' text format, version 0.0.4.
std::string metrics_text(const SignerMetrics& metrics, const DevicePool& devices);

/// For the status socket.
boost::json::object status_object(const SignerMetrics& metrics, const DevicePool& devices);

}  // namespace revenant::host::serve
