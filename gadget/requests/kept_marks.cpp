#include "gadget/requests/kept_marks.hpp"

#include <utility>

#include "common/core/log.hpp"

namespace revenant::gadget {
namespace {

using keystore::LivePages;

constexpr auto marks_memory = "marks";

/// Null, with a line in the log, if it cannot be used.
std::unique_ptr<LivePages> usable(LivePages::Made made) {
    if (auto* pages = std::get_if<std::unique_ptr<LivePages>>(&made))
        return std::move(*pages);
    log::warn("{}", std::get<LivePages::Unavailable>(made));
    return nullptr;
}

}  // namespace

std::unique_ptr<LivePages> take_over_marks(std::vector<service::StoredFd>& stored) {
    for (auto& [name, fd] : stored) {
        if (name != marks_memory)
            continue;
        if (auto pages = usable(LivePages::adopt(std::move(fd))))
            return pages;
        service::forget(marks_memory);
    }
    if (!service::managed())
        return nullptr;
    auto pages = usable(LivePages::create());
    if (pages && service::store(marks_memory, pages->fd()))
        return pages;
    log::warn(
        "after a crash some levels are refused, as after a power cut: the service manager does not store "
        "descriptors");
    return nullptr;
}

}  // namespace revenant::gadget
