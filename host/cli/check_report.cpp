#include "host/cli/check_report.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "host/text/table.hpp"

namespace revenant::host::doctor {
namespace {

namespace json = boost::json;
using State = Check::State;

const char* text(State state) {
    switch (state) {
        case State::fine:
            return "ok";
        case State::problem:
            return "problem";
        case State::unknown:
            break;
    }
    return "unknown";
}

std::string verdict(const Checks& checks) {
    const auto count = [&](State state) {
        return std::count_if(checks.begin(), checks.end(), [&](const Check& check) { return check.state == state; });
    };
    const auto problems = count(State::problem), unknowns = count(State::unknown);
    if (problems == 0 && unknowns == 0)
        return "All checks succeeded.\n";
    return fmt::format("{} problem{}, {} could not be checked.\n", problems, problems == 1 ? "" : "s", unknowns);
}

std::string sentence(const Check& check) {
    const auto* const prefix = check.state == State::unknown ? "could not be checked: " : "";
    return prefix + check.found + (check.remedy.empty() ? "" : "; " + check.remedy);
}

}  // namespace

Report report_of(const Checks& checks) {
    Report report;
    json::array entries;
    Table table{{"STATE", "CHECK", "FOUND"}};
    for (const auto& check : checks) {
        json::object entry{{"name", check.name}, {"state", text(check.state)}, {"found", check.found}};
        if (!check.remedy.empty())
            entry["remedy"] = check.remedy;
        if (!check.device.empty())
            entry["device"] = check.device;
        entries.emplace_back(std::move(entry));
        const auto where = check.device.empty() ? "" : check.device + ": ";
        table.add({text(check.state), check.name, where + sentence(check)});
        if (check.state != State::fine)
            report.exit = Exit::failed;
    }
    report.json = {{"ok", report.exit == Exit::done}, {"checks", std::move(entries)}};
    report.text = table.text() + verdict(checks);
    return report;
}

}  // namespace revenant::host::doctor
