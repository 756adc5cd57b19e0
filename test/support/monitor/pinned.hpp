#pragma once

#include <vector>

#include <sched.h>

namespace revenant::test {

/// The processors that the calling thread may use, ascending.
std::vector<int> processors();

/// Pins the calling thread to one processor during its lifetime; threads and processes started meanwhile stay pinned.
class Pinned {
public:
    explicit Pinned(int processor);
    Pinned(const Pinned&) = delete;
    Pinned& operator=(const Pinned&) = delete;
    ~Pinned();

private:
    cpu_set_t before_{};
};

}  // namespace revenant::test
