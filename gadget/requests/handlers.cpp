#include "gadget/requests/handlers.hpp"

#include <exception>

#include <fmt/format.h>

#include "common/core/version.hpp"
#include "gadget/requests/key_status.hpp"

namespace revenant::gadget {
namespace {

ErrorResponse busy() {
    return {ErrorCode::busy, "the device is busy: retry"};
}

/// The error for a request on the wrong interface; nullopt when it is allowed.
std::optional<ErrorResponse> misplaced(Interface interface, const Request& request) {
    const bool signs = std::holds_alternative<SignRequest>(request);
    const bool anywhere =
        std::holds_alternative<StatusRequest>(request) || std::holds_alternative<VersionRequest>(request);
    switch (interface) {
        case Interface::sign:
            if (!signs && !anywhere)
                return ErrorResponse{ErrorCode::belongs_on_management,
                                     "wrong interface: this request belongs on interface 1"};
            return std::nullopt;
        case Interface::management:
            if (signs)
                return ErrorResponse{ErrorCode::belongs_on_sign, "wrong interface: sign belongs on interface 0"};
            return std::nullopt;
    }
    return std::nullopt;
}

template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

Handlers::Handlers(keystore::Store& store, KeyRing& keys, const LogTail& log, Workers& signers, Workers& managers,
                   WriteAhead& write_ahead, Counters& counters)
    : store_{store},
      keys_{keys},
      managers_{managers},
      write_ahead_{write_ahead},
      counters_{counters},
      signing_{store, keys, signers, write_ahead, counters},
      management_{store, keys, log} {}

void Handlers::handle(Interface interface, Request request, Done done) {
    if (closed_)
        return done(busy());
    if (std::holds_alternative<std::monostate>(request))
        return done(ErrorResponse{ErrorCode::unknown_request, "unknown request: update the device's software"});
    if (auto wrong = misplaced(interface, request))
        return done(*wrong);
    std::visit(Overloaded{
                   [](std::monostate) {},
                   [&](SignRequest& sign) { signing_.sign(std::move(sign), after_change(std::move(done))); },
                   [&](StatusRequest&) { done(status()); },
                   [&](VersionRequest&) {
                       done(VersionResponse{version, build_date()});
                   },
                   [&](InitInfoRequest&) {
                       const auto info = store_.info();
                       done(InitInfoResponse{info.initialised, info.deterministic});
                   },
                   [&](LockRequest& lock) {
                       if (lock.key_ids.empty())
                           done(ErrorResponse{ErrorCode::lock_no_keys,
                                              "the lock request has no key id: name at least one key"});
                       else
                           this->lock(std::move(lock), after_change(std::move(done)));
                   },
                   [&](auto& slow) { manage(std::move(slow), after_change(std::move(done))); },
               },
               request);
}

const Response& Handlers::status() {
    if (!status_ || managers_.jobs() > 0)  // a running job may already have changed something
        status_ = describe_keys(store_, keys_, write_ahead_);
    return *status_;
}

/// The status is built again after this answer.
Done Handlers::after_change(Done done) {
    return [this, done = std::move(done)](const Response& response) {
        status_.reset();
        done(response);
    };
}

/// Locks at once, without queueing. The rest waits for its turn: the same again, since a running unlock would undo it,
/// and the marks, which are written at rest.
void Handlers::lock(LockRequest request, Done done) {
    auto locked = management_.remove_keys(request);
    status_.reset();
    manage(Management::Locked{std::move(request), std::move(locked)}, std::move(done));
}

/// Runs a request on the management worker.
template <typename Slow>
void Handlers::manage(Slow request, Done done) {
    auto permit = managers_.try_acquire();
    if (!permit) {
        ++counters_.busy;
        return done(busy());
    }
    managers_.run([this, request = std::move(request), done = std::move(done), permit = std::move(permit)]() mutable {
        permit->progress();
        Response response;
        try {
            response = management_.answer(request, [&permit] { permit->progress(); });
        } catch (const std::exception& failed) {
            response =
                ErrorResponse{ErrorCode::sign_failed, fmt::format("the request failed: {}; retry", failed.what())};
        }
        managers_.reply([response = std::move(response), done = std::move(done), permit = std::move(permit)]() mutable {
            permit.reset();
            done(response);
        });
    });
}

}  // namespace revenant::gadget
