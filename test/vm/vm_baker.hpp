#pragma once

#include "test/support/suite/signing_burst.hpp"
#include "test/vm/cable.hpp"

namespace revenant::test {

/// What `revenant-registrar setup` made, for as long as this lives.
class FunctionOnBus {
public:
    FunctionOnBus();
    FunctionOnBus(const FunctionOnBus&) = delete;
    FunctionOnBus& operator=(const FunctionOnBus&) = delete;
    ~FunctionOnBus();
};

/// A baker whose device is on this machine's own USB, as an operator would have set it up.
class VmBaker {
    FunctionOnBus function_;

public:
    VmBaker() : VmBaker{SuiteSettings{}} {}
    explicit VmBaker(SuiteSettings settings);

    Baker baker;
    Suite& suite = baker.suite;
};

/// A number in a program's status.
std::uint64_t number(const boost::json::object& status, const char* name);

/// Runs a program of the suite to its end as root, and fails the test unless it ends with `code`.
Outcome run_as_root(const std::string& program, const std::vector<std::string>& arguments, int code = 0);

/// What a process has open, a line each.
std::string open_files(pid_t process);

/// Waits until the device is on the bus and the registrar says that its gadget is ready.
void wait_back(Suite& suite);

}  // namespace revenant::test
