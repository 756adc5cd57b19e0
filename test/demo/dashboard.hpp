#pragma once

namespace revenant::demo {

/// The suite with a remote signer, a baker of made-up levels and the monitor at this port of 127.0.0.1, until SIGINT or
/// SIGTERM. Both must be blocked already, in all threads.
void show_dashboard(unsigned short port);

}  // namespace revenant::demo
