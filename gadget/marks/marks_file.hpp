#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <variant>

#include "common/core/secret.hpp"
#include "gadget/disk/disk.hpp"
#include "gadget/marks/opening.hpp"

namespace revenant::gadget::keystore {

/// A file of 8 KiB with two slots of 512 bytes at offsets 0 and 4096, each sealed. A write goes to the slot that is not
/// the last one known to be on the medium, so one good slot always remains. One thread at a time.
class MarksFile {
public:
    static constexpr std::size_t slot_size = 512;
    static constexpr std::size_t slot_distance = 4096;
    static constexpr std::size_t file_size = 2 * slot_distance;

    /// The owner of the file: sealed with the key's data key and bound to these values, so that one file cannot replace
    /// another.
    struct Owner {
        const Secret& data_key;  // outlives the file
        std::string key_id;
        std::string address;
        ChainId chain;
    };

    /// The bytes of a new file: both slots at rest with `marks`, the second one with this stamp, which is not the first
    /// of its run.
    static Bytes fresh(const Owner& owner, const Marks& marks, const Stamp& newest);

    /// At least one slot is readable. Do not assume that it is on the medium before this process has written it.
    struct Found {
        std::unique_ptr<MarksFile> file;
        Slots slots;
    };
    struct Absent {};   // no such file
    struct Damaged {};  // neither slot can be read
    using Opened = std::variant<Found, Absent, Damaged, std::error_code>;
    /// Does not write. Reads slots of this version ("marks 2") and of version 0.1.0 ("marks 1").
    static Opened open(Disk& disk, const std::string& name, Owner owner);

    /// The position of the next write; after a successful one it is the other.
    void aim(unsigned target) { target_ = target; }
    /// Performs exactly one durable write. After an error the medium may hold `next` or not, and the next write goes to
    /// the same slot.
    std::error_code write(const Slot& next);

private:
    MarksFile(std::unique_ptr<PlacedFile> file, Owner owner);

    std::unique_ptr<PlacedFile> file_;
    const Owner owner_;
    unsigned target_ = 0;
    std::array<bool, 2> unreadable_{};  // by position
};

}  // namespace revenant::gadget::keystore
