#pragma once

#include "test/model/reserve/rules.hpp"

namespace revenant::model::reserve {

/// How many events of each sort a history may contain.
struct Budget {
    int kills = 0;     // the page survives
    int stops = 0;     // the process ends and the service manager drops the page
    int cuts = 0;      // power cuts
    int failures = 0;  // failing writes
    int losses = 0;    // slots that become unreadable while no process runs
    int copies = 0;    // copies of the store that may be put back, once each
    int ignored = 0;   // starts without a keeper of memory
    int rests = 0;     // clean ends: lock, SIGTERM
    int set_levels = 0;
};

/// What is explored.
struct Bounds {
    int ahead = 2;  // w
    int step = 1;   // of the ceiling
    int kinds = 1;
    int levels = 4;  // highest level that is asked
    int rounds = 1;
    bool changes_ahead = false;   // w = 0 in some processes
    bool from_old_store = false;  // the history begins with version 0.1.0
    Budget budget{};
};

struct Setting {
    Rules rules{};
    Bounds bounds{};
};

}  // namespace revenant::model::reserve
