#include "gadget/marks/live_page.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sodium.h>

#include "gadget/crypto/seal.hpp"
#include "gadget/marks/little_endian.hpp"

namespace revenant::gadget::keystore {
namespace {

constexpr std::size_t body_size = std::tuple_size_v<KeyTag> + std::tuple_size_v<ChainId> + 8 + encoded_marks_size;

/// The memory may hold anything: it is trusted only with a right checksum.
struct Copy {
    std::uint64_t sequence;  // 0: no copy
    std::array<std::uint8_t, 16> checksum;
    std::array<std::uint8_t, body_size> body;
};
using Copies = std::array<Copy, 2>;
static_assert(sizeof(Copies) <= LivePage::size && std::is_trivially_copyable_v<Copies>);
static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

Copies& copies_in(LivePage::Memory memory) {
    return *reinterpret_cast<Copies*>(memory.data());
}

/// The format is part of the checksum, so that a copy of another format is not readable.
std::array<std::uint8_t, 16> checksum(std::uint64_t sequence, ByteView body) {
    constexpr std::string_view format = "revenant live page 1";
    std::array<std::uint8_t, 8> number{};
    LittleEndianWriter{number}.put(sequence, 8);
    std::array<std::uint8_t, 16> sum{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, reinterpret_cast<const unsigned char*>(format.data()), format.size(), sum.size());
    crypto_generichash_update(&state, number.data(), number.size());
    crypto_generichash_update(&state, body.data(), body.size());
    crypto_generichash_final(&state, sum.data(), sum.size());
    return sum;
}

/// 0: not readable.
std::uint64_t sequence_of(Copy& copy) {
    const auto sequence = std::atomic_ref{copy.sequence}.load(std::memory_order_acquire);
    return sequence != 0 && checksum(sequence, copy.body) == copy.checksum ? sequence : 0;
}

PageOwner owner_of(const Copy& copy) {
    LittleEndianReader reader{copy.body};
    PageOwner owner{};
    reader.take(owner.key);
    reader.take(owner.chain);
    return owner;
}

/// The sequence of a readable copy of this owner, else 0.
std::uint64_t sequence_of(Copy& copy, const PageOwner& owner) {
    const auto sequence = sequence_of(copy);
    return sequence != 0 && owner_of(copy) == owner ? sequence : 0;
}

std::size_t newest_of(Copies& copies, const PageOwner& owner) {
    return sequence_of(copies[1], owner) > sequence_of(copies[0], owner) ? 1 : 0;
}

}  // namespace

KeyTag key_tag(std::string_view key_id, std::string_view address) {
    const auto text = context({key_id, address});
    KeyTag tag{};
    crypto_generichash(tag.data(), tag.size(), text.data(), text.size(), nullptr, 0);
    return tag;
}

LivePage::LivePage(Memory memory, const PageOwner& owner) : memory_{memory}, owner_{owner} {}

std::optional<PageOwner> LivePage::owner_in(Memory memory) {
    for (auto& copy : copies_in(memory))
        if (sequence_of(copy) != 0)
            return owner_of(copy);
    return {};
}

std::optional<LivePage::State> LivePage::newest() const {
    auto& copies = copies_in(memory_);
    auto& copy = copies[newest_of(copies, owner_)];
    const auto sequence = sequence_of(copy, owner_);
    if (sequence == 0)
        return {};
    LittleEndianReader reader{std::span{copy.body}.subspan<sizeof(KeyTag) + sizeof(ChainId), 8>()};
    return State{{sequence, reader.take(8)},
                 decode_marks(std::span{std::as_const(copy.body)}.last<encoded_marks_size>())};
}

void LivePage::write(const State& state) {
    auto& copies = copies_in(memory_);
    // P2: the newest copy stays, whoever wrote it. With no copy at all either may be written.
    auto& copy = copies[1 - newest_of(copies, owner_)];
    std::array<std::uint8_t, body_size> body{};
    LittleEndianWriter writer{body};
    writer.put(owner_.key);
    writer.put(owner_.chain);
    writer.put(state.stamp.run, 8);
    encode(state.marks, std::span{body}.last<encoded_marks_size>());

    copy.body = body;  // from here on the checksum is wrong
    copy.checksum = checksum(state.stamp.sequence, body);
    std::atomic_ref{copy.sequence}.store(state.stamp.sequence, std::memory_order_release);  // last
}

void LivePage::erase() {
    sodium_memzero(memory_.data(), memory_.size());
}

}  // namespace revenant::gadget::keystore
