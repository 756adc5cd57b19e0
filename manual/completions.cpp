#include "manual/completions.hpp"

#include <algorithm>

namespace revenant::manual {
namespace {

bool is_own(const Command& command, const Setting& setting) {
    return std::find(command.options.begin(), command.options.end(), setting.name) != command.options.end();
}

}  // namespace

std::vector<Setting> common_settings(const Options& options) {
    std::vector<Setting> settings;
    for (const auto& setting : options.declared()) {
        const auto owns = [&](const Command& command) { return is_own(command, setting); };
        if (std::none_of(options.declared_commands().begin(), options.declared_commands().end(), owns))
            settings.push_back(setting);
    }
    return settings;
}

std::vector<Setting> own_settings(const Options& options, const Command& command) {
    std::vector<Setting> settings;
    for (const auto& setting : options.declared())
        if (is_own(command, setting))
            settings.push_back(setting);
    return settings;
}

}  // namespace revenant::manual
