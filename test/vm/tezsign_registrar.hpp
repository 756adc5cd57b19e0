#pragma once

#include <sys/types.h>

namespace revenant::test {

/// Our registrar in a process of its own, with an ep0 that answers as tezsign's registrar does: the readiness probe as
/// a standard request (0x81) only; it completes every other request without data. Create it after FunctionOnBus, before
/// the process has threads. The destructor stops it.
class TezsignRegistrar {
public:
    TezsignRegistrar();
    TezsignRegistrar(const TezsignRegistrar&) = delete;
    TezsignRegistrar& operator=(const TezsignRegistrar&) = delete;
    ~TezsignRegistrar();

private:
    pid_t process_;
};

}  // namespace revenant::test
