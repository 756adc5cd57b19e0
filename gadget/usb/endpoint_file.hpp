#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <utility>

#include "common/async/asio.hpp"
#include "common/core/fd.hpp"

namespace revenant::gadget {

/// Queries an open endpoint's wMaxPacketSize, in bytes; EAGAIN while the function is not enabled.
using AskMaxPacket = std::function<std::pair<error_code, std::size_t>(int fd)>;
std::pair<error_code, std::size_t> ask_max_packet(int fd);

/// One endpoint's file below the FunctionFS mount. Once open, it stays usable across disable, reset and rebind.
class EndpointFile {
public:
    enum class Direction { in, out };  ///< as seen by the host: IN is written here, OUT is read

    EndpointFile(std::filesystem::path path, Direction direction, AskMaxPacket ask);

    /// Opens the file and queries the packet size if not yet done. Logs a failed open once per cause.
    error_code prepare();
    /// To be called when the bus speed may have changed.
    void forget_max_packet() { max_packet_ = 0; }
    void close();

    [[nodiscard]] bool is_open() const { return static_cast<bool>(file_); }
    [[nodiscard]] int fd() const { return file_.get(); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Bytes; 0: unknown.
    [[nodiscard]] std::size_t max_packet() const { return max_packet_; }

private:
    error_code open();

    std::filesystem::path path_;
    int flags_;
    AskMaxPacket ask_;
    UniqueFd file_;
    std::size_t max_packet_ = 0;
    int told_ = 0;  // errno that was last logged
};

}  // namespace revenant::gadget
