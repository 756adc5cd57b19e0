#pragma once

#include <array>

#include "test/model/reserve/marks.hpp"

namespace revenant::model::reserve {

/// The live page in the memory that the service manager keeps: two copies. Sequence 0: the checksum is wrong.
struct Page {
    struct Copy {
        Stamp stamp{};
        Marks marks{};
    };
    std::array<Copy, 2> copies{};

    /// The position of the newest valid copy.
    [[nodiscard]] std::uint8_t newest_at() const { return copies[1].stamp.sequence > copies[0].stamp.sequence ? 1 : 0; }
    [[nodiscard]] std::uint8_t older_at() const { return valid() ? 1 - newest_at() : 0; }
    [[nodiscard]] const Copy& newest() const { return copies[newest_at()]; }
    [[nodiscard]] bool valid() const { return newest().stamp.sequence != 0; }
};

}  // namespace revenant::model::reserve
