#pragma once

#include <map>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "test/support/suite/harness.hpp"

namespace revenant::test {

/// Findings of `revenant doctor` by check name. `words`: finding and remedy.
struct Visit {
    int code = -1;
    bool ok = false;
    std::map<std::string, std::string> states, words;
};

inline Visit visit(Suite& suite) {
    const auto outcome = suite.host({"--json", "doctor"});
    EXPECT_EQ(outcome.err, "");
    const auto document = boost::json::parse(outcome.out);
    Visit found{outcome.code, document.at("ok").as_bool(), {}, {}};
    for (const auto& check : document.at("checks").as_array()) {
        const std::string name{check.at("name").as_string()};
        found.states[name] = std::string{check.at("state").as_string()};
        found.words[name] = std::string{check.at("found").as_string()};
        if (const auto* remedy = check.as_object().if_contains("remedy"))
            found.words[name] += "; " + std::string{remedy->as_string()};
    }
    return found;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace revenant::test
