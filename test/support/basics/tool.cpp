#include "test/support/basics/tool.hpp"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include <unistd.h>

namespace revenant::test {
namespace {

/// Returns an empty string if the tool is not found.
std::string find_tool(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::istringstream directories{std::string{path == nullptr ? "/usr/bin:/bin" : path} + ":/usr/sbin"};
    for (std::string directory; std::getline(directories, directory, ':');)
        if (const auto file = directory + '/' + name; !directory.empty() && ::access(file.c_str(), X_OK) == 0)
            return file;
    return {};
}

}  // namespace

std::string path_of_tool(const std::string& name) {
    auto file = find_tool(name);
    if (file.empty())
        throw std::runtime_error{missing_tools({name.c_str()})};
    return file;
}

std::string missing_tools(std::initializer_list<const char*> names) {
    std::string list;
    for (const auto* const name : names)
        if (find_tool(name).empty())
            list += (list.empty() ? "" : ", ") + std::string{name};
    if (list.empty())
        return {};
    return list + (list.find(',') == std::string::npos ? " is" : " are") + " not installed: run ./dev setup test";
}

}  // namespace revenant::test
