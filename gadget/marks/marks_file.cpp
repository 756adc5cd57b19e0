#include "gadget/marks/marks_file.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

/// Plaintext of a slot: its contents, zeros. Not secret: levels are public once signed.
using Plain = std::array<std::uint8_t, MarksFile::slot_size - seal_overhead>;
static_assert(std::max(encoded_slot_size, encoded_old_slot_size) <= std::tuple_size_v<Plain>);

constexpr std::string_view format = "marks 2";
constexpr std::string_view old_format = "marks 1";

Bytes bound_to(std::string_view format_name, const MarksFile::Owner& owner, unsigned position) {
    const std::string_view chain{reinterpret_cast<const char*>(owner.chain.data()), owner.chain.size()};
    return context({format_name, owner.key_id, owner.address, chain, position == 0 ? "slot 0" : "slot 1"});
}

void seal_slot(const MarksFile::Owner& owner, unsigned position, const Slot& slot, std::span<std::uint8_t> into) {
    Plain plain{};
    encode(slot, std::span{plain}.first<encoded_slot_size>());
    seal(owner.data_key, plain, bound_to(format, owner, position), into);
}

std::optional<Slot> unseal_slot(const MarksFile::Owner& owner, unsigned position, ByteView sealed) {
    Plain plain{};
    const std::span<const std::uint8_t, std::tuple_size_v<Plain>> bytes{plain};
    if (unseal(owner.data_key, sealed, bound_to(format, owner, position), plain))
        return decode_slot(bytes.first<encoded_slot_size>());
    if (unseal(owner.data_key, sealed, bound_to(old_format, owner, position), plain))
        return decode_old_slot(bytes.first<encoded_old_slot_size>());
    return {};
}

/// A write interrupted by a power cut may leave an unreadable sector; any other error says nothing about the slot.
bool is_lost_sector(const std::error_code& error) {
    return error == std::errc::io_error;
}

}  // namespace

MarksFile::MarksFile(std::unique_ptr<PlacedFile> file, Owner owner)
    : file_{std::move(file)}, owner_{std::move(owner)} {}

Bytes MarksFile::fresh(const Owner& owner, const Marks& marks, const Stamp& newest) {
    Bytes bytes(file_size);
    auto slot = slot_of(marks, no_level);
    for (const unsigned position : {0U, 1U}) {
        slot.stamp = {newest.sequence - 1 + position, newest.run};
        seal_slot(owner, position, slot, std::span{bytes}.subspan(position * slot_distance, slot_size));
    }
    return bytes;
}

MarksFile::Opened MarksFile::open(Disk& disk, const std::string& name, Owner owner) {
    std::error_code error;
    auto placed = disk.open(name, error);
    if (error)
        return error == std::errc::no_such_file_or_directory ? Opened{Absent{}} : Opened{error};

    Found found{std::unique_ptr<MarksFile>{new MarksFile{std::move(placed), std::move(owner)}}, {}};
    auto& file = *found.file;
    for (const unsigned position : {0U, 1U}) {
        std::array<std::uint8_t, slot_size> sealed{};
        if (const auto failed = file.file_->read(position * slot_distance, sealed); !failed)
            found.slots[position] = unseal_slot(file.owner_, position, sealed);
        else if (!is_lost_sector(failed))
            return failed;
        file.unreadable_[position] = !found.slots[position];
    }
    if (!found.slots[0] && !found.slots[1])
        return Damaged{};
    return found;
}

std::error_code MarksFile::write(const Slot& next) {
    // An unreadable page cannot be written in part, so the first write over a lost slot covers its whole page.
    std::array<std::uint8_t, slot_distance> page{};
    const auto bytes = std::span{page}.first(unreadable_[target_] ? slot_distance : slot_size);
    seal_slot(owner_, target_, next, bytes.first(slot_size));
    if (const auto error = file_->write(target_ * slot_distance, bytes))
        return error;
    unreadable_[target_] = false;
    target_ = 1 - target_;
    return {};
}

}  // namespace revenant::gadget::keystore
