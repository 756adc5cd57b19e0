#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <variant>

#include "common/core/secret.hpp"
#include "gadget/disk/disk.hpp"
#include "gadget/marks/marks.hpp"

namespace revenant::gadget::keystore {

/// A file of 8 KiB with two slots of 512 bytes at offsets 0 and 4096, each a sealed state with a sequence number. A
/// write goes to the slot that is not the last one known to be on the medium, so one good slot always remains. Little
/// endian. One thread at a time.
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

    /// The bytes of a new file: both slots valid, both with `marks`.
    static Bytes fresh(const Owner& owner, const Marks& marks);

    /// The newest state; if one slot was unreadable, recovered() of the other. Do not assume that it is on the medium
    /// before write(marks) has succeeded.
    struct Found {
        std::unique_ptr<MarksFile> file;
        Marks marks;
    };
    struct Absent {};   // no such file
    struct Damaged {};  // neither slot can be read
    using Opened = std::variant<Found, Absent, Damaged, std::error_code>;
    /// Does not write.
    static Opened open(Disk& disk, const std::string& name, Owner owner);

    /// Performs exactly one durable write, with the next sequence number. After an error the medium may hold `next` or
    /// not: write it again before anything else; it goes to the same slot.
    std::error_code write(const Marks& next);

private:
    MarksFile(std::unique_ptr<PlacedFile> file, Owner owner);

    std::unique_ptr<PlacedFile> file_;
    const Owner owner_;
    std::uint64_t sequence_ = 0;  // of the newest slot
    unsigned target_ = 0;         // the slot to write next
    bool whole_page_ = false;     // the target could not be read
};

}  // namespace revenant::gadget::keystore
