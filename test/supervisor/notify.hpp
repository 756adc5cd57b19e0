#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/local/datagram_protocol.hpp>
#include <sys/types.h>

#include "common/async/asio.hpp"
#include "common/core/fd.hpp"

namespace revenant::supervisor {

/// One message of sd_notify(3): the sender (from the kernel's credentials), its lines and its descriptors.
struct Notification {
    pid_t sender = 0;
    std::string text;  ///< NAME=value, one per line
    std::vector<UniqueFd> descriptors;

    /// The value of the first line NAME=value.
    [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
    [[nodiscard]] bool says(std::string_view name, std::string_view wanted) const { return value(name) == wanted; }
};

/// The NOTIFY_SOCKET of the services. Used on the event loop's thread.
class NotifySocket {
public:
    /// Throws boost::system::system_error if it cannot be created at `path`.
    NotifySocket(const asio::any_io_executor& executor, const std::filesystem::path& path);

    [[nodiscard]] awaitable<void> readable();
    /// Returns the next pending message; never blocks.
    [[nodiscard]] std::optional<Notification> take();

private:
    asio::local::datagram_protocol::socket socket_;
};

}  // namespace revenant::supervisor
