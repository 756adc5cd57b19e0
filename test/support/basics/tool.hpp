#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

/// Skips the test with the reason unless all these programs are installed: NEEDS_TOOLS("socat"). For test bodies.
#define NEEDS_TOOLS(...)                                                                       \
    if (const auto missing = ::revenant::test::missing_tools({__VA_ARGS__}); !missing.empty()) \
    GTEST_SKIP() << missing

/// Skips the test unless it runs as root: NEEDS_ROOT("count ..."). For test bodies.
#define NEEDS_ROOT(reason) \
    if (::geteuid() != 0)  \
    GTEST_SKIP() << "needs root, to " reason

namespace revenant::test {

/// Exit code of scripts in test/ if a required program is not installed; ctest treats it as skipped.
constexpr int skipped_code = 77;

/// Returns the path of a program in PATH or /usr/sbin. Searched at run time, so that a build does not require it.
/// Throws std::runtime_error that names it.
std::string path_of_tool(const std::string& name);

/// Returns a message with the missing programs and the remedy; empty if all are installed.
std::string missing_tools(std::initializer_list<const char*> names);

}  // namespace revenant::test
