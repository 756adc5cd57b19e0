#include "host/octez/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace revenant::host::serve {

const char* Problem::reason() const {
    if (reason_ != nullptr)
        return reason_;
    switch (status_) {
        case 400:
            return "bad_request";
        case 401:
            return "not_authenticated";
        case 403:
            return "forbidden";
        case 404:
            return "not_found";
        case 405:
            return "bad_method";
        case 409:
            return "stale_watermark";
        case 413:
        case 431:
            return "too_long";
        case 502:
            return "bad_answer";
        case 503:
            return "no_device";
        default:
            return "fault";
    }
}

std::string trace_text(const Problem& problem) {
    // Of all errors that Octez knows this one alone carries a free text, and it is known by both words together.
    boost::json::array trace;
    trace.emplace_back(boost::json::object{{"kind", "temporary"}, {"id", "failure"}, {"msg", problem.what()}});
    return boost::json::serialize(trace);
}

}  // namespace revenant::host::serve
