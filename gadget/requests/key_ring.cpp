#include "gadget/requests/key_ring.hpp"

#include <algorithm>

#include "common/core/log.hpp"

namespace revenant::gadget {

void KeyRing::add(Key key) {
    const std::scoped_lock hold{lock_};
    const auto same = [&](const Key& known) { return known->identity().id == key->identity().id; };
    std::erase_if(keys_, same);
    if (handover_ && !handover_->put(key->identity().id, key->data_key()))
        log::warn("key '{}' will be locked after a restart: the handover memory is full", key->identity().id);
    keys_.push_back(std::move(key));
}

KeyRing::Key KeyRing::remove(std::string_view id) {
    const std::scoped_lock hold{lock_};
    if (handover_)
        handover_->remove(id);
    const auto found =
        std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key->identity().id == id; });
    if (found == keys_.end())
        return nullptr;
    auto key = std::move(*found);
    keys_.erase(found);
    return key;
}

KeyRing::Key KeyRing::by_address(std::string_view address) const {
    const std::scoped_lock hold{lock_};
    const auto found =
        std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key->identity().address == address; });
    return found != keys_.end() ? *found : nullptr;
}

KeyRing::Key KeyRing::by_id(std::string_view id) const {
    const std::scoped_lock hold{lock_};
    const auto found =
        std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key->identity().id == id; });
    return found != keys_.end() ? *found : nullptr;
}

std::vector<KeyRing::Key> KeyRing::all() const {
    const std::scoped_lock hold{lock_};
    return keys_;
}

std::size_t KeyRing::size() const {
    const std::scoped_lock hold{lock_};
    return keys_.size();
}

}  // namespace revenant::gadget
