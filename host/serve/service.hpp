#pragma once

#include <functional>
#include <string>

#include "common/core/log_throttle.hpp"
#include "host/serve/audit.hpp"
#include "host/serve/metrics.hpp"
#include "host/serve/settings.hpp"
#include "host/serve/signer.hpp"

namespace revenant::host::serve {

/// A request of HTTP as far as it matters here.
struct Inquiry {
    std::string client;  ///< where it came from: an address and port, or "unix"
    std::string method, target, body;
    bool from_page = false;  ///< it has an Origin, as browsers send it along with what a page asks for
};

/// What is sent back.
struct Reply {
    unsigned status = 200;
    std::string body{};
    const char* allowed = nullptr;  ///< methods, for status 405
    const char* content_type = "application/json";
};

Reply reply_of(const Error& error);

/// The routes of the Octez remote signer, readiness and metrics. One thread.
class Service {
public:
    /// `settings` may change during its lifetime. `counted` is called when a metric that is not of a device changed.
    Service(Signer& signer, const ServeSettings& settings, SignerMetrics& metrics, Audit& audit,
            std::function<void()> counted)
        : signer_{signer}, settings_{settings}, metrics_{metrics}, audit_{audit}, counted_{std::move(counted)} {}

    /// Throws nothing but operation_aborted, when it is cancelled.
    awaitable<Reply> answer(Inquiry inquiry);

private:
    awaitable<Reply> carry_out(SignerRequest question, Inquiry inquiry);
    awaitable<std::string> sign(SignerRequest question, const Inquiry& inquiry);
    awaitable<Signed> sign_if_authentic(const SignerRequest& question, const Bytes& message, Decision& decision);
    awaitable<std::string> known_keys();
    void decide(const Decision& decision);
    [[nodiscard]] std::string authenticate(const SignerRequest& question, ByteView message) const;
    [[nodiscard]] static std::string proof_of(const KeyStatus& key, const SignerRequest& question);

    Signer& signer_;
    const ServeSettings& settings_;
    SignerMetrics& metrics_;
    Audit& audit_;
    std::function<void()> counted_;
    LogThrottle refused_;
};

}  // namespace revenant::host::serve
