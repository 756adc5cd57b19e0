#pragma once

#include <cstdint>
#include <vector>

namespace revenant::model::reserve {

/// A set of hashes of 64 bits. Two of ten million states share one with a probability of 3 in a million.
class Visited {
public:
    /// False if it was there.
    bool insert(std::uint64_t hash) {
        if (2 * (size_ + 1) > slots_.size())
            grow();
        return put(hash == 0 ? 1 : hash);
    }

private:
    bool put(std::uint64_t hash) {
        const auto mask = slots_.size() - 1;
        for (auto at = hash & mask;; at = (at + 1) & mask) {
            if (slots_[at] == hash)
                return false;
            if (slots_[at] == 0) {
                slots_[at] = hash;
                ++size_;
                return true;
            }
        }
    }
    void grow() {
        const auto before = std::move(slots_);
        slots_.assign(before.size() * 2, 0);
        size_ = 0;
        for (const auto hash : before)
            if (hash != 0)
                put(hash);
    }

    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);
    std::size_t size_ = 0;
};

}  // namespace revenant::model::reserve
