#include "test/support/basics/process_memory.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "common/core/bytes.hpp"
#include "common/core/fd.hpp"
#include "common/core/guarded.hpp"

namespace revenant::test {
namespace {

struct Range {
    std::uintptr_t begin = 0, end = 0;
};

/// From smaps(5): a line `begin-end …` for each mapping, then a line `VmFlags: …`.
std::vector<Range> unguarded_ranges() {
    std::vector<Range> ranges;
    std::ifstream lines{"/proc/self/smaps"};
    Range current;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        Range range;
        if (char dash = 0; words >> std::hex >> range.begin >> dash >> range.end && dash == '-')
            current = range;
        const bool writable = line.find(" wr ") != line.npos, dumped = line.find(" dd ") == line.npos;
        if (line.starts_with("VmFlags:") && writable && dumped)
            ranges.push_back(current);
    }
    return ranges;
}

std::size_t copies_in(ByteView memory, ByteView secret) {
    std::size_t found = 0;
    for (auto at = memory.begin();; ++at, ++found) {
        at = std::search(at, memory.end(), secret.begin(), secret.end());
        if (at == memory.end())
            return found;
    }
}

}  // namespace

std::size_t unguarded_copies(const Secret& secret) {
    const auto memory = open_file("/proc/self/mem", O_RDONLY);
    const Secret::Reader plain{secret};
    constexpr std::size_t step = std::size_t{1} << 18;
    GuardedBytes part(step + secret.size() - 1);  // overlaps the next one; guarded, so that it is not searched itself
    std::size_t found = 0;
    for (const auto& range : unguarded_ranges())
        for (auto at = range.begin; at < range.end; at += step) {
            const auto size = ::pread(memory.get(), part.data(), std::min<std::size_t>(part.size(), range.end - at),
                                      static_cast<off_t>(at));
            if (size > 0)  // else unmapped meanwhile
                found += copies_in(ByteView{part}.first(static_cast<std::size_t>(size)), plain.bytes());
        }
    return found;
}

}  // namespace revenant::test
