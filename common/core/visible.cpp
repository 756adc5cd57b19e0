#include "common/core/visible.hpp"

#include <fmt/format.h>

namespace revenant {

std::string visible(std::string_view text) {
    std::string shown;
    for (const char letter : text) {
        if (letter >= ' ' && letter <= '~')
            shown += letter;
        else
            shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(letter));
    }
    return shown;
}

}  // namespace revenant
