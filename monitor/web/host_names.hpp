#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace revenant::monitor {

/// The names by which a server without a token lets itself be asked. A page of anyone's can make its own name lead here
/// (DNS rebinding) and read what it is answered, since for the browser both are one place: but the name stays in the
/// request. No I/O.
class HostNames {
public:
    HostNames() = default;
    /// Beyond localhost and all addresses, which no page can rebind. Throws std::invalid_argument, a sentence without a
    /// subject, for what is no name.
    explicit HostNames(std::vector<std::string> names);

    /// `host`: the field's value, "signer.example:20092". Without one it is no browser that asks.
    [[nodiscard]] bool know(std::string_view host) const;

private:
    std::vector<std::string> names_{"localhost"};
};

}  // namespace revenant::monitor
