#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "gadget/keystore/handover.hpp"
#include "gadget/keystore/open_key.hpp"

namespace revenant::gadget {

/// The unlocked keys, and their copy for the next process. Any thread.
class KeyRing {
public:
    using Key = std::shared_ptr<keystore::OpenKey>;  // shared with the jobs that are signing when it is locked

    /// `handover` may be null: after a crash the keys are then locked.
    explicit KeyRing(std::unique_ptr<keystore::Handover> handover) : handover_{std::move(handover)} {}

    void add(Key key);
    /// Locks at once, in this process and for the next one. Returns the key that was unlocked, or null.
    Key remove(std::string_view id);

    [[nodiscard]] Key by_address(std::string_view address) const;
    [[nodiscard]] Key by_id(std::string_view id) const;
    [[nodiscard]] std::vector<Key> all() const;
    [[nodiscard]] std::size_t size() const;

private:
    mutable std::mutex lock_;
    std::vector<Key> keys_;  // at most 64
    std::unique_ptr<keystore::Handover> handover_;
};

}  // namespace revenant::gadget
