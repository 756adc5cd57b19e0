#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace revenant::gadget::keystore {

/// Fills a fixed buffer with integers, little endian. The buffer is large enough for all of them.
class LittleEndianWriter {
public:
    explicit LittleEndianWriter(std::span<std::uint8_t> into) : left_{into} {}
    void put(std::uint64_t value, std::size_t size) {
        for (std::size_t byte = 0; byte < size; ++byte)
            left_[byte] = static_cast<std::uint8_t>(value >> (8 * byte));
        left_ = left_.subspan(size);
    }
    void put(std::span<const std::uint8_t> bytes) {
        for (std::size_t at = 0; at < bytes.size(); ++at)
            left_[at] = bytes[at];
        left_ = left_.subspan(bytes.size());
    }

private:
    std::span<std::uint8_t> left_;
};

class LittleEndianReader {
public:
    explicit LittleEndianReader(std::span<const std::uint8_t> from) : left_{from} {}
    std::uint64_t take(std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t byte = 0; byte < size; ++byte)
            value |= std::uint64_t{left_[byte]} << (8 * byte);
        left_ = left_.subspan(size);
        return value;
    }
    void take(std::span<std::uint8_t> into) {
        for (std::size_t at = 0; at < into.size(); ++at)
            into[at] = left_[at];
        left_ = left_.subspan(into.size());
    }

private:
    std::span<const std::uint8_t> left_;
};

}  // namespace revenant::gadget::keystore
