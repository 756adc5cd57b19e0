#pragma once

#include <memory>
#include <vector>

#include "common/service/notify.hpp"
#include "gadget/keystore/live_pages.hpp"

namespace revenant::gadget {

/// The live marks of the previous process, if a service manager kept them, else an empty memory that it keeps for the
/// next one. Null without a service manager that stores descriptors. Start-up only.
std::unique_ptr<keystore::LivePages> take_over_marks(std::vector<service::StoredFd>& stored);

}  // namespace revenant::gadget
