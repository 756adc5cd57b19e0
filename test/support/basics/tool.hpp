#pragma once

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

/// Skips the test, with the reason, unless all of these programs are installed: NEEDS_TOOLS("socat"). For the body of a
/// test.
#define NEEDS_TOOLS(...)                                                                       \
    if (const auto missing = ::revenant::test::missing_tools({__VA_ARGS__}); !missing.empty()) \
    GTEST_SKIP() << missing

/// Skips the test unless it runs as root: NEEDS_ROOT("count …"). For the body of a test.
#define NEEDS_ROOT(reason) \
    if (::geteuid() != 0)  \
    GTEST_SKIP() << "needs root, to " reason

namespace revenant::test {

/// What the scripts below test/ end with when a program that they need is not installed. ctest knows it too.
constexpr int skipped_code = 77;

/// Where a program is: in PATH, else in /usr/sbin. Looked for when a test runs, so a build needs none of them. Throws
/// std::runtime_error that names it.
std::string path_of_tool(const std::string& name);

/// Which of them are not installed, and what to do; empty: all are there.
std::string missing_tools(std::initializer_list<const char*> names);

}  // namespace revenant::test
