#include "gadget/keystore/throttle.hpp"

#include <algorithm>
#include <utility>

#include <sodium.h>

namespace revenant::gadget::keystore {
namespace {

constexpr std::size_t hash_size = 32;
/// The hash of the boot id, the number of attempts, their times (milliseconds, little endian), a hash over all of it.
constexpr std::size_t hashed_size = hash_size + 1 + 8 * Throttle::attempts;
constexpr std::size_t record_size = hashed_size + hash_size;
using Record = std::array<std::uint8_t, record_size>;

void hash(ByteView bytes, std::span<std::uint8_t> into) {
    crypto_generichash(into.data(), into.size(), bytes.data(), bytes.size(), nullptr, 0);
}

void finish(Record& record) {
    hash(ByteView{record}.first(hashed_size), std::span{record}.subspan(hashed_size));
}

/// A write interrupted by a power cut leaves a record with a wrong hash.
bool is_whole(const Record& record) {
    Record copy = record;
    finish(copy);
    return copy == record && record[hash_size] <= Throttle::attempts;
}

}  // namespace

Bytes Throttle::fresh() {
    Record record{};
    finish(record);
    return {record.begin(), record.end()};
}

Bytes Throttle::lost() {
    return Bytes(record_size);
}

Throttle::Throttle(std::unique_ptr<PlacedFile> file, std::string_view boot_id, Boottime now) : file_{std::move(file)} {
    hash({reinterpret_cast<const std::uint8_t*>(boot_id.data()), boot_id.size()}, boot_);
    Record record{};
    if (file_->read(0, record) || !is_whole(record)) {
        used_ = attempts;
        times_.fill(now);
        return;
    }
    used_ = record[hash_size];
    const bool same_boot = std::equal(boot_.begin(), boot_.end(), record.begin());
    for (std::size_t i = 0; i < used_; ++i) {
        std::uint64_t value = 0;
        for (std::size_t byte = 0; byte < 8; ++byte)
            value |= std::uint64_t{record[hash_size + 1 + 8 * i + byte]} << (8 * byte);
        // Times of another boot are meaningless; a time in the future of this boot is invalid.
        const Boottime time{static_cast<std::int64_t>(value)};
        times_[i] = same_boot && time <= now ? time : now;
    }
    if (used_ > 0 && !same_boot)
        save();  // else a restart in this boot would start the window again; a failed write has only that effect
}

Boottime Throttle::wait(Boottime now) const {
    if (used_ < attempts)
        return Boottime{0};
    return std::max(Boottime{0}, times_.front() + window - now);
}

std::error_code Throttle::count(Boottime now) {
    if (used_ == attempts) {  // the oldest is outside the window, else wait() would have returned a delay
        std::rotate(times_.begin(), times_.begin() + 1, times_.end());
        times_.back() = now;
    } else {
        times_[used_++] = now;
    }
    return save();
}

std::error_code Throttle::clear() {
    used_ = 0;
    return save();
}

std::error_code Throttle::save() {
    Record record{};
    std::copy(boot_.begin(), boot_.end(), record.begin());
    record[hash_size] = static_cast<std::uint8_t>(used_);
    for (std::size_t i = 0; i < used_; ++i)
        for (std::size_t byte = 0; byte < 8; ++byte)
            record[hash_size + 1 + 8 * i + byte] =
                static_cast<std::uint8_t>(static_cast<std::uint64_t>(times_[i].count()) >> (8 * byte));
    finish(record);
    return file_->write(0, record);
}

}  // namespace revenant::gadget::keystore
