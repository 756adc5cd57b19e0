#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace revenant::monitor {

/// Who may look. Without a token: anyone who reaches the address. Only the token's hash is kept.
class Access {
public:
    static constexpr std::size_t shortest_token = 16, max_token = 256;

    Access() = default;  // anyone
    /// The token is the first line of the file, which only its owner may read. Throws std::runtime_error, a sentence.
    explicit Access(const std::filesystem::path& token_file);

    /// `authorization`: the field's value: "Bearer TOKEN", or "Basic …" with the token for a password, as browsers ask
    /// a person for.
    [[nodiscard]] bool granted(std::string_view authorization) const;
    /// Whether anyone may look.
    [[nodiscard]] bool open() const { return !hash_.has_value(); }

private:
    using Hash = std::array<unsigned char, 32>;
    static Hash hash_of(std::string_view token);
    std::optional<Hash> hash_;
};

}  // namespace revenant::monitor
