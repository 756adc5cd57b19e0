#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "host/cli/exit.hpp"
#include "host/error/error.hpp"

namespace revenant::host {

/// The result of a command: one JSON document for programs, text for people, and the exit code.
struct Report {
    boost::json::object json{};
    std::string text{};  ///< ends with a newline, or is empty
    Exit exit = Exit::done;
};

/// `{"code": …, "message": …}`, with the device's error code if it sent one.
boost::json::object error_json(const Error& error);

/// The device has no key with this id or address.
Error key_not_found(const std::string& key);

}  // namespace revenant::host
