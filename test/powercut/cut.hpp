#pragma once

#include "test/powercut/card.hpp"
#include "test/powercut/random.hpp"

namespace revenant::powercut {

/// One of the states that a power cut may leave, chosen by `random`. Each pending change is lost or kept, independently
/// of the others: of a rename the old name, the new name, or both; of a write any beginning or end, any of its sectors,
/// or a page that cannot be read.
Card after_cut(const Card& card, Random& random);

/// The state in which every pending change is lost.
Card after_loss(const Card& card);

}  // namespace revenant::powercut
