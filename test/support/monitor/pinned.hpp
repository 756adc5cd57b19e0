#pragma once

#include <vector>

#include <sched.h>

namespace revenant::test {

/// The processors that this process may use, ascending.
std::vector<int> processors();

/// While it lives, the calling thread has one processor only, and what it starts meanwhile has no other for ever.
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
