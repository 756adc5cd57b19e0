#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/fd.hpp"
#include "test/supervisor/child.hpp"

namespace revenant::supervisor {

/// Descriptors that a service stored (FDSTORE=1) for its next start. At most max_passed.
class DescriptorStore {
public:
    /// Stores a descriptor unless the same open file is already stored. Returns false if the store is full.
    bool keep(std::string_view name, UniqueFd descriptor);
    void remove(std::string_view name);
    void clear() { kept_.clear(); }

    [[nodiscard]] bool empty() const { return kept_.empty(); }
    /// Borrowed descriptors, in the order of names().
    [[nodiscard]] std::vector<int> descriptors() const;
    [[nodiscard]] std::vector<std::string> names() const;

private:
    struct Kept {
        std::string name;
        UniqueFd descriptor;
    };
    std::vector<Kept> kept_;
};

}  // namespace revenant::supervisor
