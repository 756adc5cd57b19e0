#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace revenant::test {

/// What a suite finds when it starts. cheap: a passphrase costs 8 KiB and one pass instead of the 64 MiB and up to four
/// of `usual`, which take seconds on an emulated processor.
enum class PreparedStore : std::uint8_t { none, cheap, usual };

/// Initialises a store in `directory`, unless there is one. Its files belong to the caller.
void prepare_store(PreparedStore kind, const std::filesystem::path& directory, std::string_view passphrase);

}  // namespace revenant::test
