#pragma once

#include "test/support/suite/signing_burst.hpp"
#include "test/vm/cable.hpp"

namespace revenant::test {

/// Runs `revenant-registrar setup`, and teardown on destruction.
class FunctionOnBus {
public:
    FunctionOnBus();
    FunctionOnBus(const FunctionOnBus&) = delete;
    FunctionOnBus& operator=(const FunctionOnBus&) = delete;
    ~FunctionOnBus();
};

/// A baker whose device is on this machine's USB, set up as an operator does.
class VmBaker {
    FunctionOnBus function_;

public:
    VmBaker() : VmBaker{SuiteSettings{}} {}
    explicit VmBaker(SuiteSettings settings);

    Baker baker;
    Suite& suite = baker.suite;
};

/// A number in a status object.
std::uint64_t number(const boost::json::object& status, const char* name);

/// Runs a program as root; fails the test unless its exit code is `code`.
Outcome run_as_root(const std::string& program, const std::vector<std::string>& arguments, int code = 0);

/// Open files of a process, one per line.
std::string open_files(pid_t process);

/// Waits until the device is enumerated and the registrar reports it ready.
void wait_back(Suite& suite);

}  // namespace revenant::test
