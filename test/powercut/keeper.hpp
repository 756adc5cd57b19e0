#pragma once

#include <memory>
#include <string>

#include "gadget/keystore/key_record.hpp"
#include "gadget/keystore/live_pages.hpp"
#include "test/powercut/fingerprint.hpp"

namespace revenant::powercut {

/// The memory that a service manager keeps for the live pages of a process.
class Keeper {
public:
    /// `kept`: what kept() returned for the process before; empty: nothing.
    explicit Keeper(const std::string& kept);

    [[nodiscard]] gadget::keystore::LivePages* pages() const { return pages_.get(); }
    /// The bytes of all pages that a history uses.
    [[nodiscard]] std::string kept() const;

private:
    std::unique_ptr<gadget::keystore::LivePages> pages_;
};

/// Adds the pages of this key to a fingerprint.
void add_pages_of(const gadget::keystore::Identity& identity, std::string kept, Fingerprint& sum);

}  // namespace revenant::powercut
