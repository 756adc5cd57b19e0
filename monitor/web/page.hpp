#pragma once

#include <string_view>

namespace revenant::monitor {

/// A file of the page, which is in the program: all below monitor/page/.
struct PageFile {
    std::string_view name, type, bytes;
    std::string_view tag;  ///< for If-None-Match, with its quotes
};

/// Null if there is none of this name.
const PageFile* find_page_file(std::string_view name);

}  // namespace revenant::monitor
