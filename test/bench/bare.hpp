#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include <blst.h>

#include "common/core/bytes.hpp"
#include "common/core/fd.hpp"

/// Lower bound of the cost of a signature: the computation and the durable write of the watermark, without the programs
/// of this project.
namespace revenant::bench {

/// A tz4 signature by blst alone: hash to the curve, multiply, compress.
class BareSigner {
public:
    BareSigner();
    /// Signs the message of the next level.
    void sign();

    /// Cost per signature, in microseconds.
    struct Cost {
        double cpu, wall;
    };
    /// The mean over `count` signatures on this thread.
    Cost cost(std::size_t count);

private:
    blst_scalar secret_{};
    std::int32_t level_ = 0;
};

/// The same on several cores at once, `count` signatures on each: mean CPU time per signature, and wall time per
/// signature of the whole machine. A core is slower while its neighbours compute, since they share clock, caches and,
/// with SMT, execution units.
BareSigner::Cost cost_on_cores(unsigned cores, std::size_t count);

/// The durable write of a watermark without the key store: 512 bytes in place, alternating between offsets 0 and 4096.
class BareWriter {
public:
    /// Creates its file in `directory`, which must be on the measured disk. Throws std::system_error.
    explicit BareWriter(const std::filesystem::path& directory);
    void write();

private:
    UniqueFd file_;
    bool second_ = false;
};

}  // namespace revenant::bench
