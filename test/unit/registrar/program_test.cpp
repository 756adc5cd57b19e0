// Error messages and exit codes of the program.
#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant::registrar {
namespace {

struct Outcome {
    int code = -1;
    std::string said;
};

/// Runs the registrar with these arguments; returns its output and exit code.
Outcome registrar(const std::string& arguments) {
    const auto command = std::string{"exec 2>&1; "} + REGISTRAR_PROGRAM + ' ' + arguments + "";
    std::FILE* const output = ::popen(command.c_str(), "r");
    Outcome outcome;
    std::array<char, 1024> text;
    while (const auto size = std::fread(text.data(), 1, text.size(), output))
        outcome.said.append(text.data(), size);
    const int status = ::pclose(output);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

bool contains(const Outcome& outcome, const std::string& part) {
    return outcome.said.find(part) != std::string::npos;
}

TEST(registrar_program, missing_setup_is_reported) {
    for (const auto* arguments : {"--ffs-dir /proc/none", "run --bus usb --ffs-dir /proc/none"}) {
        const auto outcome = registrar(arguments);
        EXPECT_EQ(outcome.code, 1);
        EXPECT_EQ(outcome.said,
                  "revenant-registrar: there is no FunctionFS at '/proc/none': run `revenant-registrar setup` first\n");
    }
}

TEST(registrar_program, teardown_without_setup_succeeds) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "needs root, to tear down";
    const auto outcome = registrar("teardown --configfs-dir /proc/none --ffs-dir /proc/none");
    EXPECT_EQ(outcome.code, 0) << outcome.said;
}

TEST(registrar_program, invalid_arguments_are_rejected) {
    for (const auto* arguments :
         {"stop", "run run", "--bus pci", "setup --bus loopback", "--vendor-id zebra", "setup --product-id 0x10000",
          "--colour red", "--bus loopback --gadget-user no-such-user", "--bus loopback --log-level loud"}) {
        const auto outcome = registrar(arguments);
        EXPECT_EQ(outcome.code, 2) << arguments << ": " << outcome.said;
        EXPECT_EQ(std::count(outcome.said.begin(), outcome.said.end(), '\n'), 1) << outcome.said;
    }
}

TEST(registrar_program, impossible_run_directory_is_reported) {
    const auto outcome = registrar("--bus loopback --run-dir /proc/nowhere");
    EXPECT_EQ(outcome.code, 1);
    EXPECT_TRUE(contains(outcome, "/proc/nowhere") && contains(outcome, "--run-dir")) << outcome.said;
}

TEST(registrar_program, sigterm_exits_with_success) {
    const test::TemporaryDirectory directory;
    const auto run_dir = (directory.path() / "run").string();
    // The shell waits for the last socket, then sends SIGTERM.
    const auto outcome = registrar("--bus loopback --log-level warning --run-dir " + run_dir + " & until [ -S " +
                                   run_dir + "/registrar/bus.sock ]; do :; done; kill $!; wait $!");
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.said, "");
    EXPECT_TRUE(std::filesystem::is_empty(run_dir + "/registrar"));
}

}  // namespace
}  // namespace revenant::registrar
