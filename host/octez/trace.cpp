#include "host/octez/trace.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace revenant::host::serve {

std::string trace_text(const std::string& sentence) {
    // Of all errors that Octez knows only this one carries a free text. Kind and id together identify it.
    boost::json::array trace;
    trace.emplace_back(boost::json::object{{"kind", "temporary"}, {"id", "failure"}, {"msg", sentence}});
    return boost::json::serialize(trace);
}

}  // namespace revenant::host::serve
