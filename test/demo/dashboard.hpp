#pragma once

namespace revenant::demo {

/// Runs the suite with a remote signer, a baker of invented levels and the monitor at this port of 127.0.0.1, until
/// SIGINT or SIGTERM. The caller must have blocked both signals in all threads.
void show_dashboard(unsigned short port);

}  // namespace revenant::demo
