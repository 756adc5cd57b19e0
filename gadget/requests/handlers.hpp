#pragma once

#include <optional>

#include "common/wire/interface.hpp"
#include "gadget/requests/management.hpp"
#include "gadget/requests/signing.hpp"

namespace revenant::gadget {

/// Dispatches each request to its handler, if it is allowed on the interface. Event loop thread only.
class Handlers {
public:
    Handlers(keystore::Store& store, KeyRing& keys, const LogTail& log, Workers& signers, Workers& managers,
             WriteAhead& write_ahead, Counters& counters);

    /// Calls `done` once, immediately or later.
    void handle(Interface interface, Request request, Done done);

    /// The status is built again: something has changed beside requests.
    void changed() { status_.reset(); }

    /// Rejects all further requests as busy: the process is about to exit.
    void close() { closed_ = true; }

private:
    const Response& status();
    Done after_change(Done done);
    void lock(LockRequest request, Done done);
    template <typename Slow>
    void manage(Slow request, Done done);

    const keystore::Store& store_;
    const KeyRing& keys_;
    std::optional<Response> status_;  // built once per change: a host may ask many times in one packet
    Workers& managers_;
    const WriteAhead& write_ahead_;
    Counters& counters_;
    Signing signing_;
    Management management_;
    bool closed_ = false;
};

}  // namespace revenant::gadget
