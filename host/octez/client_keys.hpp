#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/octez/client_text.hpp"

namespace revenant::host::serve {

/// Returns the bytes that a client signs to authenticate: 04 01, the address of the requested key in Octez's binary
/// form (a tag of its kind and 20 bytes), and the message. `address` must be well-formed.
Bytes authenticated_bytes(std::string_view address, ByteView message);

/// The public keys of the clients that may request signatures.
class ClientKeys {
public:
    static constexpr std::size_t most = 16;  ///< each key of the signature's kind costs a verification

    ClientKeys() = default;  // empty: any client may
    /// Parses edpk..., sppk..., p2pk... and BLpk..., separated by commas or blanks. Throws std::invalid_argument with a
    /// user-readable message.
    explicit ClientKeys(const std::string& text);

    [[nodiscard]] bool empty() const { return keys_.empty(); }
    [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }

    /// Returns the address of the key that signed this request; nullptr if none did.
    [[nodiscard]] const std::string* who_signed(std::string_view address, ByteView message,
                                                const ClientSignature& authentication) const;

private:
    std::vector<ClientKey> keys_;
    std::vector<std::string> addresses_;
};

}  // namespace revenant::host::serve
