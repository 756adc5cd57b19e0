#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/octez/client_text.hpp"

namespace revenant::host::serve {

/// The bytes that a client signs to be let in: 04 01, the address of the key that is to sign as Octez has it in binary
/// (a tag of its kind and 20 bytes), and the message. `address` is well-formed.
Bytes authenticated_bytes(std::string_view address, ByteView message);

/// The public keys of those who may ask for signatures.
class ClientKeys {
public:
    static constexpr std::size_t most = 16;  ///< each one that a signature can be of costs a verification

    ClientKeys() = default;  // none: anyone may
    /// Reads edpk…, sppk…, p2pk… and BLpk…, separated by commas or blanks. Throws std::invalid_argument, a sentence for
    /// a person.
    explicit ClientKeys(const std::string& text);

    [[nodiscard]] bool empty() const { return keys_.empty(); }
    [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }

    /// The address of the one that signed this question; nullptr if none did.
    [[nodiscard]] const std::string* who_signed(std::string_view address, ByteView message,
                                                const ClientSignature& authentication) const;

private:
    std::vector<ClientKey> keys_;
    std::vector<std::string> addresses_;
};

}  // namespace revenant::host::serve
