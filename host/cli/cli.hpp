#pragma once

#include <iosfwd>

namespace revenant::host {

/// The program `revenant`: runs one command and returns its exit code. `environment` as in environ(7). The result goes
/// to `out`; a failure goes to `err` as one sentence, or with --json to `out` as one document. Throws OutputError.
int run_cli(int argc, const char* const* argv, const char* const* environment, std::ostream& out, std::ostream& err);

}  // namespace revenant::host
