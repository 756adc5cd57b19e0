#pragma once

#include <sys/resource.h>

namespace revenant::test {

/// Raises the descriptor limit of this process and its later children during its lifetime. Logins often set a soft
/// limit of 1,024 and a higher hard limit.
class ManyDescriptors {
public:
    /// Throws std::runtime_error if the hard limit is lower.
    explicit ManyDescriptors(rlim_t wanted = 4096);
    ManyDescriptors(const ManyDescriptors&) = delete;
    ManyDescriptors& operator=(const ManyDescriptors&) = delete;
    ~ManyDescriptors();

private:
    rlimit before_{};
};

}  // namespace revenant::test
