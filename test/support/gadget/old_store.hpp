#pragma once

#include <array>

#include "gadget/crypto/seal.hpp"
#include "gadget/marks/little_endian.hpp"
#include "gadget/marks/marks_file.hpp"

namespace revenant::gadget::keystore {

/// Seals a slot as version 0.1.0 did: format "marks 1", no run, a ceiling for each kind.
inline Bytes sealed_old_slot(const MarksFile::Owner& owner, unsigned position, const Slot& slot) {
    std::array<std::uint8_t, MarksFile::slot_size - seal_overhead> plain{};
    LittleEndianWriter writer{plain};
    writer.put(slot.stamp.sequence, 8);
    writer.put(slot.marks.budget, 4);
    for (std::size_t kind = 0; kind < slot.marks.kinds.size(); ++kind) {
        const auto& mark = slot.marks.kinds[kind];
        writer.put(static_cast<std::uint32_t>(mark.level), 4);
        writer.put(static_cast<std::uint32_t>(mark.round), 4);
        writer.put(mark.has_hash ? 1 : 0, 1);
        writer.put(mark.hash);
        writer.put(static_cast<std::uint64_t>(slot.ceilings[kind]), 8);
    }
    const std::string_view chain{reinterpret_cast<const char*>(owner.chain.data()), owner.chain.size()};
    return seal(owner.data_key, plain,
                context({"marks 1", owner.key_id, owner.address, chain, position == 0 ? "slot 0" : "slot 1"}));
}

/// A marks file of version 0.1.0.
inline Bytes old_marks_file(const MarksFile::Owner& owner, const std::array<Slot, 2>& slots) {
    Bytes file(MarksFile::file_size);
    for (const unsigned position : {0U, 1U}) {
        const auto sealed = sealed_old_slot(owner, position, slots[position]);
        std::copy(sealed.begin(), sealed.end(),
                  file.begin() + static_cast<std::ptrdiff_t>(position * MarksFile::slot_distance));
    }
    return file;
}

}  // namespace revenant::gadget::keystore
