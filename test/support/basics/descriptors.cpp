#include "test/support/basics/descriptors.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "common/core/fd.hpp"

namespace revenant::test {

ManyDescriptors::ManyDescriptors(rlim_t wanted) {
    checked(::getrlimit(RLIMIT_NOFILE, &before_), "getrlimit");
    if (before_.rlim_max < wanted)
        throw std::runtime_error{"the hard limit is " + std::to_string(before_.rlim_max) +
                                 " descriptors, required are " + std::to_string(wanted) + ": raise it (ulimit -Hn)"};
    auto limit = before_;
    limit.rlim_cur = std::max(limit.rlim_cur, wanted);
    checked(::setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

ManyDescriptors::~ManyDescriptors() {
    ::setrlimit(RLIMIT_NOFILE, &before_);
}

}  // namespace revenant::test
