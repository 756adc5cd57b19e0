#include "host/serve/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace revenant::host::serve {

std::string trace_text(const Problem& problem) {
    // Of all errors that Octez knows this one alone carries a free text, and it is known by both words together.
    boost::json::array trace;
    trace.emplace_back(boost::json::object{{"kind", "temporary"}, {"id", "failure"}, {"msg", problem.what()}});
    return boost::json::serialize(trace);
}

}  // namespace revenant::host::serve
