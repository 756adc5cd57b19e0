#include <iostream>
#include <vector>

#include <gtest/gtest.h>

#include "host/cli/cli.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/unit/host/prompt/on_terminal.hpp"

namespace revenant::host {
namespace {

int serve_on_loopback(const std::string& run_dir) {
    const std::vector<const char*> words{"revenant",  "serve",         "--bus",         "loopback",
                                         "--run-dir", run_dir.c_str(), "--listen-port", "0"};
    const char* const environment = nullptr;
    return run_cli(static_cast<int>(words.size()), words.data(), &environment, std::cout, std::cerr);
}

TEST(ServeByHand, closed_terminal_ends_it) {
    const test::TemporaryDirectory directory;
    test::OnTerminal terminal{[&] { return serve_on_loopback(directory.path().string()); }};
    terminal.expect("127.0.0.1:");
    const int status = terminal.hang_up();
    EXPECT_TRUE(WIFEXITED(status)) << status;
    EXPECT_EQ(test::exit_code(status), 0);
}

}  // namespace
}  // namespace revenant::host
