#pragma once

#include "test/demo/story.hpp"
#include "test/support/suite/harness.hpp"

namespace revenant::demo {

/// Starts the device, creates a tz4 and a tz1 key and unlocks them.
void set_up(Story& story, test::Suite& suite);
/// Signs each kind with each key, attempts a double signature, and repeats a request.
void sign_everything(Story& story, test::Suite& suite);
/// Unplugs the cable, and kills and stops programs while requests are in flight.
void break_everything(Story& story, test::Suite& suite);
/// Stops all three programs.
void take_down(Story& story, test::Suite& suite);

}  // namespace revenant::demo
