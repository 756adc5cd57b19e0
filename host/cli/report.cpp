#include "host/cli/report.hpp"

namespace revenant::host {

namespace json = boost::json;

json::object error_json(const Error& failed) {
    json::object error{{"code", name(failed.fault())}, {"message", failed.what()}};
    if (failed.device_code())
        error["device_code"] = *failed.device_code();
    return error;
}

}  // namespace revenant::host
