#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/channel.hpp"
#include "host/device.hpp"
#include "host/serve/question.hpp"
#include "host/serve/settings.hpp"

namespace revenant::host::serve {

/// The device as a server needs it: its keys and its signatures, each within the deadline, whatever happens to the
/// cable meanwhile. It holds the sign interface only; the management interface is left to others. One thread.
class Signer {
public:
    /// Throws Failure where there can be no device.
    Signer(const asio::any_io_executor& executor, const Options& options, const ServeSettings& settings);

    /// Keeps the interface until cancelled.
    awaitable<void> run() { return channel_.run(); }
    /// Tells the log and the service manager, after `where`, how the device comes and goes, until cancelled.
    awaitable<void> tell(std::string where);

    // Each throws Problem.

    /// The signature as Octez writes it. Of one key in the order in which they were asked for.
    awaitable<std::string> sign(Question question, Bytes message);
    /// A key that is known already is not asked for again: what is given out of it never changes.
    awaitable<KeyStatus> key(std::string address);
    /// All keys that the device has now.
    awaitable<std::vector<KeyStatus>> keys();
    void require_device() const;

private:
    awaitable<Response> ask(Request request);
    awaitable<void> until_ready();
    awaitable<std::string> greeting();
    [[nodiscard]] Problem no_device() const;

    const Options& options_;
    std::chrono::milliseconds deadline_;
    Limits limits_;
    std::unique_ptr<Link> link_;
    DeviceChannel channel_;
    std::map<std::string, KeyStatus> known_;  // by address; of the last answer
    std::size_t signing_ = 0, looks_ = 0;
};

}  // namespace revenant::host::serve
