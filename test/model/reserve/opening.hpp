#pragma once

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/state.hpp"

namespace revenant::model::reserve {

/// Whether some slot can be read; otherwise the key does not sign.
bool can_open(const Disk& disk);

struct Opened {
    Marks marks{};
    bool same_run = false;      // the page is adopted as it is
    std::uint8_t newest = 0;    // the slot to restate first: the newest one, or the unreadable one
    std::uint8_t sequence = 0;  // the highest that counts
};

/// The table of the design: the marks that page and slots give. `page`: invalid if there is none. Needs can_open().
Opened open(const Disk& disk, const Page& page, const Rules& rules);

}  // namespace revenant::model::reserve
