#include <iostream>

#include <unistd.h>

#include "common/service/run.hpp"
#include "host/cli/cli.hpp"

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant",
                                  [&] { return revenant::host::run_cli(argc, argv, environ, std::cout, std::cerr); });
}
