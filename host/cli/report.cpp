#include "host/cli/report.hpp"

namespace revenant::host {

namespace json = boost::json;

json::object error_json(const Failure& failure) {
    json::object error{{"code", failure.code()}, {"message", failure.what()}};
    if (failure.device_code())
        error["device_code"] = *failure.device_code();
    return error;
}

}  // namespace revenant::host
