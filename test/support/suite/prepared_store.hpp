#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace revenant::test {

/// The key store at the start of a suite. cheap: key derivation with 8 KiB and one pass instead of 64 MiB and up to
/// four passes (`usual`), which take seconds on an emulated processor.
enum class PreparedStore : std::uint8_t { none, cheap, usual };

/// Initialises a store in `directory` unless it exists. The calling user owns its files.
void prepare_store(PreparedStore kind, const std::filesystem::path& directory, std::string_view passphrase);

}  // namespace revenant::test
