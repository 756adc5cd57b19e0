#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include <blst.h>

#include "common/core/bytes.hpp"
#include "common/core/fd.hpp"

/// What a signature costs at the least: the signature itself and the durable write of its mark, without any program of
/// ours around them.
namespace revenant::bench {

/// A tz4 signature by blst alone: hash to the curve, multiply, compress.
class BareSigner {
public:
    BareSigner();
    /// Signs the message of the next level.
    void sign();

    /// CPU time of this thread, in microseconds, per signature: over `count` of them.
    double cpu_per_signature(std::size_t count);
    /// The same by the wall.
    double wall_per_signature(std::size_t count);

private:
    blst_scalar secret_{};
    std::int32_t level_ = 0;
};

/// The durable write of a mark without a keystore around it: 512 bytes in place, at 0 and 4096 in turn.
class BareWriter {
public:
    /// Makes its file in `directory`, which must be on the disk that is measured. Throws std::system_error.
    explicit BareWriter(const std::filesystem::path& directory);
    void write();

private:
    UniqueFd file_;
    bool second_ = false;
};

}  // namespace revenant::bench
