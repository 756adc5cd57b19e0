#pragma once

#include "test/demo/story.hpp"
#include "test/support/suite/harness.hpp"

namespace revenant::demo {

/// Starts the device, makes a tz4 and a tz1 key and unlocks them.
void set_up(Story& story, test::Suite& suite);
/// Signs each kind with each key, tries to sign twice, asks the same again.
void sign_everything(Story& story, test::Suite& suite);
/// Pulls the cable, kills and stops programs while requests are in burst.
void break_everything(Story& story, test::Suite& suite);
/// Asks all three to end.
void take_down(Story& story, test::Suite& suite);

}  // namespace revenant::demo
