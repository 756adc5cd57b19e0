#pragma once

#include <sys/resource.h>

namespace revenant::test {

/// Lets this process, and what it starts from now on, have so many descriptors while it lives. A login often gives a
/// process 1,024 of them and lets it raise that.
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
