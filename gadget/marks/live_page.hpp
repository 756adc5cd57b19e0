#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "gadget/marks/slot.hpp"

namespace revenant::gadget::keystore {

/// Identifies a key whatever the length of its id: 16 bytes of the BLAKE2b hash of its id and address.
using KeyTag = std::array<std::uint8_t, 16>;
KeyTag key_tag(std::string_view key_id, std::string_view address);

struct PageOwner {
    KeyTag key;
    ChainId chain;
    friend bool operator==(const PageOwner&, const PageOwner&) = default;
};

/// The exact marks of one key on one chain, in memory that outlives the process: the live page. It has two copies, each
/// with a sequence number and a checksum, written alternately: a process that is killed while it writes leaves the
/// other copy. The memory outlives this object. One thread at a time.
class LivePage {
public:
    static constexpr std::size_t size = 512;
    using Memory = std::span<std::uint8_t, size>;  // aligned to 8 bytes

    struct State {
        Stamp stamp;
        Marks marks;
        friend bool operator==(const State&, const State&) = default;
    };

    LivePage(Memory memory, const PageOwner& owner);

    /// The owner that a readable copy in this memory names; nothing if neither is readable: the memory is free.
    static std::optional<PageOwner> owner_in(Memory memory);

    /// The readable copy of this owner with the highest sequence.
    [[nodiscard]] std::optional<State> newest() const;
    /// Overwrites the other copy. No system call. `state` has a sequence above 0 and above newest().
    void write(const State& state);
    /// Frees the memory.
    void erase();

private:
    Memory memory_;
    PageOwner owner_;
};

}  // namespace revenant::gadget::keystore
