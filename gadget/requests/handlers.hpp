#pragma once

#include "common/wire/interface.hpp"
#include "gadget/requests/management.hpp"
#include "gadget/requests/signing.hpp"

namespace revenant::gadget {

/// Gives each request to whoever answers it, on the interface where it belongs. The loop's thread.
class Handlers {
public:
    Handlers(keystore::Store& store, KeyRing& keys, const LogTail& log, Workers& signers, Workers& managers,
             Counters& counters);

    /// `done` is called once, at once or later.
    void handle(Interface interface, Request request, Done done);

    /// From now on every request is refused as busy: the process is about to end.
    void close() { closed_ = true; }

private:
    void lock(LockRequest request, Done done);
    template <typename Slow>
    void manage(Slow request, Done done);

    const keystore::Store& store_;
    const KeyRing& keys_;
    Workers& managers_;
    Counters& counters_;
    Signing signing_;
    Management management_;
    bool closed_ = false;
};

}  // namespace revenant::gadget
