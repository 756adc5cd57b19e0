#pragma once

#include <string_view>

namespace revenant::monitor {

/// A file of the page, embedded from monitor/page/.
struct PageFile {
    std::string_view name, type, bytes;
    std::string_view tag;  ///< ETag, with quotes
};

/// Returns null if there is no such file.
const PageFile* find_page_file(std::string_view name);

}  // namespace revenant::monitor
