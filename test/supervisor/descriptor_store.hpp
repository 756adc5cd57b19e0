#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/fd.hpp"
#include "test/supervisor/child.hpp"

namespace revenant::supervisor {

/// Descriptors that a service left with its manager (FDSTORE=1), for its next start. At most max_passed.
class DescriptorStore {
public:
    /// Keeps a descriptor unless the same open file is here already; false when there is no room for it.
    bool keep(std::string_view name, UniqueFd descriptor);
    void remove(std::string_view name);
    void clear() { kept_.clear(); }

    [[nodiscard]] bool empty() const { return kept_.empty(); }
    /// Borrowed numbers, in the order of names().
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
