#include "test/support/monitor/pinned.hpp"

#include "common/core/fd.hpp"

namespace revenant::test {

std::vector<int> processors() {
    cpu_set_t mine{};
    checked(::sched_getaffinity(0, sizeof mine, &mine), "sched_getaffinity");
    std::vector<int> all;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor)
        if (CPU_ISSET(static_cast<std::size_t>(processor), &mine))
            all.push_back(processor);
    return all;
}

Pinned::Pinned(int processor) {
    checked(::sched_getaffinity(0, sizeof before_, &before_), "sched_getaffinity");
    cpu_set_t one{};
    CPU_SET(static_cast<std::size_t>(processor), &one);
    checked(::sched_setaffinity(0, sizeof one, &one), "sched_setaffinity");
}

Pinned::~Pinned() {
    ::sched_setaffinity(0, sizeof before_, &before_);
}

}  // namespace revenant::test
