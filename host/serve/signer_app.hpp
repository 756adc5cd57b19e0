#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/async/task_group.hpp"
#include "common/http/server.hpp"
#include "common/metrics/time.hpp"
#include "common/net/status_socket.hpp"
#include "host/serve/auto_unlock.hpp"
#include "host/serve/service.hpp"

namespace revenant::host::serve {

/// A running remote signer. Its coroutines run in `tasks`, which must end before it. One thread.
class SignerApp {
public:
    /// Opens the sockets. `key_ids`: the only keys that it serves; empty: all. Throws with a message for the operator.
    SignerApp(TaskGroup& tasks, const asio::any_io_executor& executor, const Options& options,
              std::vector<std::string> key_ids);

    /// Starts to serve.
    void start();

    /// Reloads the configuration file and the credential. If a setting is invalid, logs it and changes nothing.
    void reload();
    /// Returns when the pending responses were sent, or after Limits::stopping.
    awaitable<void> finish() { return server_.finish(); }

private:
    void take(ServeSettings settings);
    awaitable<void> on_ready(SignerDevice& device);
    awaitable<void> tell_changes();
    awaitable<void> unlock_all();
    [[nodiscard]] std::string listening() const;
    [[nodiscard]] boost::json::object describe();

    TaskGroup& tasks_;
    const Options& options_;
    std::vector<std::string> key_ids_;
    ServeSettings settings_;
    SignerMetrics metrics_;
    Audit audit_;
    Signer signer_;
    AutoUnlock auto_unlock_;
    std::optional<StatusSocket> status_;
    Service service_;
    http::Server server_;
    std::string started_ = utc_now();
};

}  // namespace revenant::host::serve
