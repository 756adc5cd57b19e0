#include "gadget/marks/marks_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

/// Plaintext of a slot: the sequence number, 8 bytes, the marks, zeros. Not secret: levels are public once signed.
using Plain = std::array<std::uint8_t, MarksFile::slot_size - seal_overhead>;
static_assert(8 + encoded_marks_size <= std::tuple_size_v<Plain>);

struct Slot {
    std::uint64_t sequence;
    Marks marks;
};

Bytes bound_to(const MarksFile::Owner& owner, unsigned position) {
    const std::string_view chain{reinterpret_cast<const char*>(owner.chain.data()), owner.chain.size()};
    return context({"marks 1", owner.key_id, owner.address, chain, position == 0 ? "slot 0" : "slot 1"});
}

void seal_slot(const MarksFile::Owner& owner, unsigned position, const Slot& slot, std::span<std::uint8_t> into) {
    Plain plain{};
    for (unsigned byte = 0; byte < 8; ++byte)
        plain[byte] = static_cast<std::uint8_t>(slot.sequence >> (8 * byte));
    encode(slot.marks, std::span{plain}.subspan<8, encoded_marks_size>());
    seal(owner.data_key, plain, bound_to(owner, position), into);
}

std::optional<Slot> unseal_slot(const MarksFile::Owner& owner, unsigned position, ByteView sealed) {
    Plain plain{};
    if (!unseal(owner.data_key, sealed, bound_to(owner, position), plain))
        return {};
    std::uint64_t sequence = 0;
    for (unsigned byte = 0; byte < 8; ++byte)
        sequence |= std::uint64_t{plain[byte]} << (8 * byte);
    return Slot{sequence, decode_marks(std::span{std::as_const(plain)}.subspan<8, encoded_marks_size>())};
}

/// A write interrupted by a power cut may leave an unreadable sector; any other error says nothing about the slot.
bool is_lost_sector(const std::error_code& error) {
    return error == std::errc::io_error;
}

}  // namespace

MarksFile::MarksFile(std::unique_ptr<PlacedFile> file, Owner owner)
    : file_{std::move(file)}, owner_{std::move(owner)} {}

Bytes MarksFile::fresh(const Owner& owner, const Marks& marks) {
    Bytes bytes(file_size);
    for (unsigned position : {0U, 1U})
        seal_slot(owner, position, {position, marks}, std::span{bytes}.subspan(position * slot_distance, slot_size));
    return bytes;
}

MarksFile::Opened MarksFile::open(Disk& disk, const std::string& name, Owner owner) {
    std::error_code error;
    auto placed = disk.open(name, error);
    if (error)
        return error == std::errc::no_such_file_or_directory ? Opened{Absent{}} : Opened{error};

    std::array<std::optional<Slot>, 2> slots;
    for (unsigned position : {0U, 1U}) {
        std::array<std::uint8_t, slot_size> sealed{};
        if (const auto failed = placed->read(position * slot_distance, sealed); !failed)
            slots[position] = unseal_slot(owner, position, sealed);
        else if (!is_lost_sector(failed))
            return failed;
    }
    if (!slots[0] && !slots[1])
        return Damaged{};

    Found found{std::unique_ptr<MarksFile>{new MarksFile{std::move(placed), std::move(owner)}}, {}};
    auto& file = *found.file;
    if (slots[0] && slots[1]) {
        // The newer slot may be in the page cache only (its writer was killed, or got an error), while the older was on
        // the medium before the newer was begun. So the newer one is rewritten, in its own place.
        file.target_ = slots[1]->sequence > slots[0]->sequence ? 1 : 0;
        found.marks = slots[file.target_]->marks;
        file.sequence_ = slots[file.target_]->sequence;
    } else {
        // The lost slot may have been the newer one, and a signature based on it may have been sent. Its marks were
        // within the ceilings of the survivor: these become the marks, written in place of the lost slot, before
        // anything is signed.
        file.target_ = slots[0] ? 1 : 0;
        const auto& survivor = *slots[1 - file.target_];
        found.marks = recovered(survivor.marks);
        file.sequence_ = survivor.sequence;
        file.whole_page_ = true;
    }
    return found;
}

std::error_code MarksFile::write(const Marks& next) {
    // An unreadable page cannot be written in part, so the first write over a lost slot covers its whole page.
    std::array<std::uint8_t, slot_distance> page{};
    const auto bytes = std::span{page}.first(whole_page_ ? slot_distance : slot_size);
    seal_slot(owner_, target_, {sequence_ + 1, next}, bytes.first(slot_size));
    ++sequence_;  // also after a failure: the medium may hold the new slot
    if (const auto error = file_->write(target_ * slot_distance, bytes))
        return error;
    target_ = 1 - target_;
    whole_page_ = false;
    return {};
}

}  // namespace revenant::gadget::keystore
