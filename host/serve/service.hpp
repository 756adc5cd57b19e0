#pragma once

#include <functional>
#include <string>

#include "common/core/log_throttle.hpp"
#include "common/http/message.hpp"
#include "host/serve/audit.hpp"
#include "host/serve/authenticator.hpp"
#include "host/serve/metrics.hpp"
#include "host/serve/settings.hpp"
#include "host/serve/signer.hpp"

namespace revenant::host::serve {

/// The response to a failed request: its body is an error trace as Octez writes it.
http::Reply reply_of(const Error& error);

/// The routes of the Octez remote signer, readiness and metrics. One thread.
class Service : public http::App {
public:
    /// `settings` may change during its lifetime. `counted` is called when a metric that is not of a device changed.
    Service(const asio::any_io_executor& executor, Signer& signer, const ServeSettings& settings,
            SignerMetrics& metrics, Audit& audit, std::function<void()> counted)
        : signer_{signer},
          settings_{settings},
          metrics_{metrics},
          audit_{audit},
          counted_{std::move(counted)},
          authenticator_{executor} {}

    awaitable<http::Reply> answer(http::Request request) override;
    http::Reply reject(const http::Rejection& rejection) override;

private:
    awaitable<http::Reply> answer_or_trace(const http::Request& request);
    awaitable<http::Reply> carry_out(SignerRequest question, const http::Request& request);
    awaitable<std::string> sign(SignerRequest question, const http::Request& request);
    awaitable<Signed> sign_if_authentic(const SignerRequest& question, const http::Request& request,
                                        const Bytes& message, Decision& decision);
    awaitable<std::string> known_keys();
    void check_origin(const http::Request& request, Route route) const;
    void decide(const Decision& decision);
    [[nodiscard]] static std::string proof_of(const KeyStatus& key, const SignerRequest& question);

    Signer& signer_;
    const ServeSettings& settings_;
    SignerMetrics& metrics_;
    Audit& audit_;
    std::function<void()> counted_;
    Authenticator authenticator_;
    LogThrottle refused_;
};

}  // namespace revenant::host::serve
