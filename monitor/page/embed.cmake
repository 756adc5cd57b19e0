# cmake -DINTO=file.cpp "-DFILES=a|b" -P embed.cmake: writes find_page_file() with these files in it.
string(REPLACE "|" ";" FILES "${FILES}")
set(types html text/html css text/css js text/javascript svg image/svg+xml png image/png ico image/x-icon
    json application/json woff2 font/woff2 txt text/plain webmanifest application/manifest+json)

set(arrays "")
set(rows "")
set(number 0)
foreach(file IN LISTS FILES)
  cmake_path(GET file FILENAME name)
  cmake_path(GET file EXTENSION LAST_ONLY extension)
  string(SUBSTRING "${extension}" 1 -1 extension)
  list(FIND types "${extension}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${file}: what type is this of? Name it in monitor/page/embed.cmake")
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  string(REGEX REPLACE "^(text/.*)" "\\1; charset=utf-8" type "${type}")
  file(READ "${file}" bytes HEX)
  file(SHA256 "${file}" tag)
  string(SUBSTRING "${tag}" 0 16 tag)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REPEAT "0x..," 20 row)
  string(REGEX REPLACE "(${row})" "\\1\n    " bytes "${bytes}")
  string(APPEND arrays "constexpr unsigned char file_${number}[] = {\n    ${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", \"${type}\", text(file_${number}, sizeof file_${number} - 1), \"\\\"${tag}\\\"\"},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${INTO}" "// Made from monitor/page/ by embed.cmake.
#include \"monitor/web/page.hpp\"

namespace revenant::monitor {
namespace {

${arrays}
std::string_view text(const unsigned char* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

const PageFile files[] = {
${rows}};

}  // namespace

const PageFile* find_page_file(std::string_view name) {
    for (const auto& file : files)
        if (file.name == name)
            return &file;
    return nullptr;
}

}  // namespace revenant::monitor
")
