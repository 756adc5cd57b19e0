#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace revenant::monitor {

/// Authentication by token; without a token, access is open. Keeps only the token's hash.
class Access {
public:
    static constexpr std::size_t shortest_token = 16, max_token = 256;

    Access() = default;  // open access
    /// Reads the token from the first line of the file, which only its owner may access. Throws std::system_error if
    /// it cannot be read, std::runtime_error for wrong permissions or length (16 to 256 characters).
    explicit Access(const std::filesystem::path& token_file);

    /// `authorization`: the header's value: "Bearer TOKEN", or "Basic ..." with the token as the password, as browsers
    /// send it.
    [[nodiscard]] bool granted(std::string_view authorization) const;
    /// Whether no token is set.
    [[nodiscard]] bool open() const { return !hash_.has_value(); }

private:
    using Hash = std::array<unsigned char, 32>;
    static Hash hash_of(std::string_view token);
    std::optional<Hash> hash_;
};

}  // namespace revenant::monitor
