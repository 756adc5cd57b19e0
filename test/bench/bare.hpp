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

    /// Of a signature, in microseconds.
    struct Cost {
        double cpu, wall;
    };
    /// Over `count` of them, on this thread.
    Cost cost(std::size_t count);

private:
    blst_scalar secret_{};
    std::int32_t level_ = 0;
};

/// The same on so many cores at once, `count` signatures on each: the mean CPU time of one, and the wall time for each
/// that leaves the machine. A core is slower while its neighbours compute, since they share clock, caches and, on some,
/// the core itself.
BareSigner::Cost cost_on_cores(unsigned cores, std::size_t count);

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
