#include "monitor/web/access.hpp"

#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>

#include "common/core/bytes.hpp"
#include "common/core/fd.hpp"
#include "common/core/secret.hpp"
#include "common/http/field_values.hpp"

namespace revenant::monitor {
namespace {

std::string_view first_line(std::span<const std::uint8_t> bytes) {
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    return text.substr(0, text.find_first_of("\r\n"));
}

/// Whether systemd passed the file: it makes credentials readable for the group of a service (mode 0440).
bool in_credentials(const std::filesystem::path& file) {
    const char* const directory = std::getenv("CREDENTIALS_DIRECTORY");
    return directory != nullptr && *directory != '\0' && file.parent_path() == directory;
}

/// The password in a Basic authorization ("user:password"); zeroed on destruction.
Bytes basic_password(std::string_view encoded) {
    Bytes plain(encoded.size() + 1);  // never empty: libsodium needs a non-null pointer
    std::size_t size = 0;
    if (sodium_base642bin(plain.data(), plain.size(), encoded.data(), encoded.size(), " ", &size, nullptr,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return {};
    plain.resize(size);
    for (std::size_t at = 0; at < size; ++at)
        if (plain[at] == ':')
            return {plain.begin() + static_cast<std::ptrdiff_t>(at) + 1, plain.end()};
    return {};
}

}  // namespace

Access::Hash Access::hash_of(std::string_view token) {
    Hash hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                       nullptr, 0);
    return hash;
}

Access::Access(const std::filesystem::path& token_file) {
    const auto file = open_file(token_file, O_RDONLY);
    struct stat status {};
    checked(::fstat(file.get(), &status), "fstat", token_file);
    if ((status.st_mode & (in_credentials(token_file) ? S_IRWXO : S_IRWXG | S_IRWXO)) != 0)
        throw std::runtime_error{
            fmt::format("the token file '{}' is accessible to other users: chmod it to 0600", token_file.string())};
    ssize_t size = 0;
    const Secret token{max_token + 2,
                       [&](std::span<std::uint8_t> into) { size = ::read(file.get(), into.data(), into.size()); }};
    const Secret::Reader reader{token};
    const auto line = first_line(reader.bytes().first(static_cast<std::size_t>(std::max<ssize_t>(size, 0))));
    if (line.size() < shortest_token || line.size() > max_token)
        throw std::runtime_error{
            fmt::format("the token in '{}' has {} characters, expected {} to {}: create one with "
                        "'openssl rand -hex 16'",
                        token_file.string(), line.size(), shortest_token, max_token)};
    hash_ = hash_of(line);
}

bool Access::granted(std::string_view authorization) const {
    if (!hash_)
        return true;
    Hash hash{};
    if (const auto presented = http::credentials(authorization, "Bearer")) {
        hash = hash_of(*presented);
    } else if (const auto encoded = http::credentials(authorization, "Basic")) {
        const auto password = basic_password(*encoded);
        if (password.empty())
            return false;
        hash = hash_of({reinterpret_cast<const char*>(password.data()), password.size()});
    } else {
        return false;
    }
    return sodium_memcmp(hash.data(), hash_->data(), hash.size()) == 0;
}

}  // namespace revenant::monitor
