#include "manual/completions.hpp"

namespace revenant::manual {
namespace {

std::vector<Option> joined(std::vector<Option> list, const std::vector<Option>& more) {
    list.insert(list.end(), more.begin(), more.end());
    return list;
}

}  // namespace

std::vector<Option> common_options(const Options& options) {
    return joined(options.declared_settings(), options.declared_options());
}

std::vector<Option> own_options(const CommandDeclaration& command) {
    return joined(command.options, command.settings);
}

}  // namespace revenant::manual
