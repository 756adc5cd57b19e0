#include "host/cli/report.hpp"

#include <fmt/format.h>

namespace revenant::host {

namespace json = boost::json;

json::object error_json(const Error& failed) {
    json::object error{{"code", name(failed.fault())}, {"message", failed.what()}};
    if (failed.device_code())
        error["device_code"] = *failed.device_code();
    return error;
}

Error key_not_found(const std::string& key) {
    return {Fault::key_not_found, fmt::format("the device has no key '{}': 'revenant list' shows its keys", key)};
}

}  // namespace revenant::host
