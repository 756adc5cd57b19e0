#pragma once

#include <cstdint>
#include <vector>

namespace revenant::registrar {

/// The descriptors that FunctionFS expects first on a new ep0: two vendor interfaces (sign, management), each with one
/// bulk IN and one bulk OUT endpoint, for full, high and super speed.
std::vector<std::uint8_t> function_descriptors();

/// The strings that FunctionFS expects next: the interface names `tezsign-0` and `tezsign-1` in language 0x0409.
std::vector<std::uint8_t> function_strings();

}  // namespace revenant::registrar
