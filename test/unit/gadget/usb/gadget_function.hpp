#pragma once

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <list>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "gadget/usb/aio_kernel.hpp"
#include "gadget/usb/endpoint_file.hpp"
#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::test {

using namespace gadget;

/// A FunctionFS function without a kernel: its endpoint files are plain files in a directory, and transfers on them end
/// as observed on a real one. The test is the host. Outlives its kernel.
class FakeFunction {
public:
    explicit FakeFunction(std::filesystem::path directory) : directory_{std::move(directory)} {
        std::filesystem::create_directories(directory_);
    }

    /// Creates the endpoint files.
    void mount() {
        for (int endpoint = 1; endpoint <= 4; ++endpoint)
            std::ofstream{file(endpoint)};
    }
    /// Covers the mount with another: holders of the old files get EAGAIN forever.
    void mount_again() {
        for (int endpoint = 1; endpoint <= 4; ++endpoint)
            std::filesystem::remove(file(endpoint));
        mount();
    }
    [[nodiscard]] std::filesystem::path file(int endpoint) const {
        return directory_ / ("ep" + std::to_string(endpoint));
    }

    void enable() { enabled_ = true; }
    /// As disable, reset and set_interface do: ends every transfer on all endpoints.
    void disable() {
        enabled_ = false;
        while (!pending_.empty())
            end(pending_.begin(), -ESHUTDOWN);
    }
    /// The next submissions on this endpoint fail at once with these errno values.
    void script(int endpoint, std::vector<int> errors) { scripts_.at(at(endpoint)) = {errors.begin(), errors.end()}; }
    /// Every submission fails with this errno, until it is 0.
    void always(int endpoint, int error) { always_.at(at(endpoint)) = error; }
    /// Ends the pending transfer with this errno value.
    void fail(int endpoint, int error) { end(pending_on(endpoint), -error); }

    /// Sends one packet to an OUT endpoint; it waits until a read is posted.
    void send(int endpoint, const Bytes& packet) {
        waiting_.at(at(endpoint)).push_back(packet);
        const auto read = pending_on(endpoint);
        if (read != pending_.end())
            take(read);
    }
    /// Whether the host reads its IN endpoints.
    void read_all(bool on) {
        reads_ = on;
        if (on)
            while (!pending_.empty() && pending_.front()->aio_lio_opcode == IOCB_CMD_PWRITE)
                transfer(pending_.begin());
    }
    /// Returns the transfers that the host has read from an IN endpoint.
    std::vector<Bytes>& received(int endpoint) { return received_.at(at(endpoint)); }

    [[nodiscard]] int pending(int endpoint) const {
        int count = 0;
        for (const auto* operation : pending_)
            count += endpoint_of(*operation) == endpoint ? 1 : 0;
        return count;
    }
    /// Size requested by the pending read.
    [[nodiscard]] std::size_t asked(int endpoint) { return (*pending_on(endpoint))->aio_nbytes; }

    std::unique_ptr<AioKernel> kernel() { return std::make_unique<Kernel>(*this); }
    AskMaxPacket ask() {
        return [this](int) {
            ++asked_max_packet;
            return std::pair{enabled_ ? error_code{} : from_errno(EAGAIN), max_packet};
        };
    }

    std::size_t max_packet = 512;
    bool hold_cancelled = false;  // the event of a cancelled transfer arrives when the test ends the transfer
    int submitted = 0, cancelled = 0, destroyed = 0, asked_max_packet = 0;

private:
    using Pending = std::list<iocb*>;

    struct Kernel final : AioKernel {
        explicit Kernel(FakeFunction& of) : function{of} {}
        /// The real kernel writes until it is destroyed: the buffers must still exist.
        ~Kernel() override {
            for (const auto* operation : function.pending_)
                if (operation->aio_lio_opcode == IOCB_CMD_PREAD)
                    std::memset(reinterpret_cast<void*>(operation->aio_buf), 0xee, operation->aio_nbytes);
            function.pending_.clear();
            ++function.destroyed;
        }
        error_code submit(iocb& operation) override { return function.submit(operation); }
        void cancel(iocb& operation) override { function.cancel(operation); }
        std::size_t reap(std::span<io_event> into) override {
            std::size_t count = 0;
            for (; count < into.size() && !function.events_.empty(); ++count) {
                into[count] = function.events_.front();
                function.events_.pop_front();
            }
            return count;
        }
        FakeFunction& function;
    };

    error_code submit(iocb& operation) {
        ++submitted;
        const auto endpoint = endpoint_of(operation);
        if (endpoint == 0)
            return from_errno(EBADF);
        const auto place = pending_.insert(pending_.end(), &operation);
        auto& script = scripts_.at(at(endpoint));
        if (!script.empty()) {
            const auto error = script.front();
            script.pop_front();
            end(place, -error);
        } else if (always_.at(at(endpoint)) != 0) {
            end(place, -always_.at(at(endpoint)));
        } else if (!enabled_ || is_stale(operation)) {
            end(place, -EAGAIN);
        } else if (operation.aio_lio_opcode == IOCB_CMD_PREAD) {
            if (!waiting_.at(at(endpoint)).empty())
                take(place);
        } else if (reads_) {
            transfer(place);
        }
        return {};
    }
    void cancel(iocb& operation) {
        ++cancelled;
        const auto place = std::find(pending_.begin(), pending_.end(), &operation);
        if (place != pending_.end() && !hold_cancelled)
            end(place, -ECONNRESET);
    }
    void take(Pending::iterator read) {
        auto& queue = waiting_.at(at(endpoint_of(**read)));
        const auto packet = std::move(queue.front());
        queue.pop_front();
        if (packet.size() > (*read)->aio_nbytes)
            return end(read, -EOVERFLOW);
        std::copy(packet.begin(), packet.end(), reinterpret_cast<std::uint8_t*>((*read)->aio_buf));
        end(read, static_cast<std::int64_t>(packet.size()));
    }
    void transfer(Pending::iterator write) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>((*write)->aio_buf);
        received(endpoint_of(**write)).emplace_back(bytes, bytes + (*write)->aio_nbytes);
        end(write, static_cast<std::int64_t>((*write)->aio_nbytes));
    }
    void end(Pending::iterator place, std::int64_t result) {
        ASSERT_NE(place, pending_.end()) << "no pending transfer";
        auto* const operation = *place;
        pending_.erase(place);
        events_.push_back({operation->aio_data, reinterpret_cast<std::uintptr_t>(operation), result, 0});
        const std::uint64_t once = 1;
        ASSERT_EQ(::write(static_cast<int>(operation->aio_resfd), &once, sizeof once), ssize_t{sizeof once});
    }
    Pending::iterator pending_on(int endpoint) {
        return std::find_if(pending_.begin(), pending_.end(),
                            [&](const iocb* operation) { return endpoint_of(*operation) == endpoint; });
    }
    static std::string file_of(const iocb& operation) {
        std::error_code none;
        return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(operation.aio_fildes), none).filename();
    }
    static bool is_stale(const iocb& operation) { return file_of(operation).ends_with("(deleted)"); }
    /// From the file name; 0 if none.
    static int endpoint_of(const iocb& operation) {
        const auto name = file_of(operation);
        return name.starts_with("ep") ? name.at(2) - '0' : 0;
    }
    static std::size_t at(int endpoint) { return static_cast<std::size_t>(endpoint - 1); }

    std::filesystem::path directory_;
    bool enabled_ = false;
    bool reads_ = true;
    Pending pending_;
    std::deque<io_event> events_;
    std::array<std::deque<int>, 4> scripts_;
    std::array<int, 4> always_{};
    std::array<std::deque<Bytes>, 4> waiting_;
    std::array<std::vector<Bytes>, 4> received_;
};

}  // namespace revenant::test
