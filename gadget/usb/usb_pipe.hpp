#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/async/event.hpp"
#include "gadget/session/pipe.hpp"
#include "gadget/usb/aio.hpp"
#include "gadget/usb/endpoint_file.hpp"
#include "gadget/usb/read_retry_policy.hpp"

namespace revenant::gadget {

/// One interface's bulk endpoints below a FunctionFS mount. A read outlives every disable: it fails internally, waits
/// for the next enable, and is posted again as ReadRetryPolicy decides. A failed write is returned to the caller. Event
/// loop thread only; `aio` must outlive it.
class UsbPipe final : public Pipe {
public:
    struct Files {
        std::filesystem::path in, out;
    };

    /// Calls `parked` when a read that is wanted cannot be posted.
    UsbPipe(const asio::any_io_executor& executor, Aio& aio, const Files& files, const AskMaxPacket& ask,
            std::function<void()> parked);

    /// The registrar announced an enable or a resume.
    void enabled();
    /// Posts the read again if it is parked.
    void retry();
    /// Reopens both files, then retries.
    void reopen();

    awaitable<std::pair<error_code, std::size_t>> read(asio::mutable_buffer into) override;
    awaitable<error_code> write(ByteView frame) override;

    /// A read is wanted and none is posted.
    [[nodiscard]] bool parked() const { return reading_ && read_policy_.parked(); }
    /// Both files are open.
    [[nodiscard]] bool is_open() const { return in_.is_open() && out_.is_open(); }
    /// "closed", "idle" (no read is wanted), "armed" or "parked".
    [[nodiscard]] const char* out_state() const;
    /// "closed", "idle" or "writing".
    [[nodiscard]] const char* in_state() const;
    /// Bytes; 0: unknown.
    [[nodiscard]] std::size_t max_packet() const { return out_.max_packet(); }
    /// Number of reads posted again after a failure.
    [[nodiscard]] std::uint64_t rearms() const { return rearms_; }

private:
    awaitable<std::pair<error_code, std::size_t>> receive(asio::mutable_buffer into);
    awaitable<error_code> finish_frame();
    awaitable<void> pause();
    void open();

    Aio& aio_;
    EndpointFile in_, out_;
    std::function<void()> parked_;
    ReadRetryPolicy read_policy_;
    Event news_;
    bool reading_ = false;
    bool writing_ = false;
    std::uint64_t rearms_ = 0;
};

}  // namespace revenant::gadget
