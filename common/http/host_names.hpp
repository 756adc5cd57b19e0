#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace revenant::http {

/// Host names accepted in requests. Protects against DNS rebinding: a hostile page can make its own host name resolve
/// to this server and read the responses as same-origin, but the Host header still carries its name. No I/O.
class HostNames {
public:
    HostNames() = default;
    /// `names`, separated by commas or blanks, are accepted in addition to localhost and IP addresses, which cannot be
    /// rebound. Throws std::invalid_argument with a message for the operator if a name is invalid.
    explicit HostNames(const std::string& names);

    /// Whether to accept `host`, the value of the Host header ("signer.example:20092"). An empty value is accepted:
    /// browsers always send one.
    [[nodiscard]] bool know(std::string_view host) const;

private:
    std::vector<std::string> names_{"localhost"};
};

}  // namespace revenant::http
