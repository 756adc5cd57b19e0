#pragma once

#include <cstdint>
#include <vector>

namespace revenant::registrar {

/// What FunctionFS wants on a fresh ep0 first: two vendor interfaces (sign, management), each with one bulk endpoint in
/// and one out, for full, high and super speed.
std::vector<std::uint8_t> function_descriptors();

/// What it wants next: the names of the interfaces, `tezsign-0` and `tezsign-1`, in language 0x0409.
std::vector<std::uint8_t> function_strings();

}  // namespace revenant::registrar
