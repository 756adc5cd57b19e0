#pragma once

#include <algorithm>
#include <cerrno>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>

#include "registrar/ep0/events.hpp"
#include "registrar/ep0/file.hpp"

namespace revenant::test {

using namespace registrar;

/// Fake of the kernel's ep0 (functionfs.md, 1, 6 and 9). Must outlive the files that it returns. Any thread.
class FakeEp0 {
public:
    /// `fresh`: expects descriptors and strings first. Otherwise it is active, with endpoints held by others.
    explicit FakeEp0(bool fresh = false) : wanted_{fresh ? 2 : 0} {}

    std::unique_ptr<Ep0File> file() { return std::make_unique<File>(*this); }

    void event(std::uint8_t kind, const Setup& setup = {}) {
        const std::lock_guard guard{lock_};
        std::vector<std::uint8_t> bytes(ep0_event_size);
        std::copy(setup.begin(), setup.end(), bytes.begin());
        bytes[offsetof(usb_functionfs_event, type)] = kind;
        queue_.push_back(std::move(bytes));
        wake();
    }
    /// The next read fails with this errno.
    void fail_read(int error) {
        const std::lock_guard guard{lock_};
        failures_.push_back(error);
        wake();
    }
    /// Sets a SETUP that a former owner has read but not answered.
    void leave_unanswered(const Setup& setup) { pending_ = setup; }
    void block_answers(bool block) {
        const std::lock_guard guard{lock_};
        blocking_ = block;
    }

    /// What the host received, in order: "stall", "ack" or the data.
    [[nodiscard]] std::vector<std::string> heard() const {
        const std::lock_guard guard{lock_};
        return heard_;
    }
    /// What was written before it became active.
    [[nodiscard]] std::vector<std::vector<std::uint8_t>> taken() const {
        const std::lock_guard guard{lock_};
        return taken_;
    }
    [[nodiscard]] int closed() const {
        const std::lock_guard guard{lock_};
        return closed_;
    }

    int refuse_write = 0;  ///< errno for writes of descriptors and strings

private:
    class File : public Ep0File {
    public:
        explicit File(FakeEp0& ep0) : ep0_{ep0} {}
        ~File() override {
            const std::lock_guard guard{ep0_.lock_};
            ++ep0_.closed_;
        }
        ssize_t read(std::span<std::uint8_t> into) override { return ep0_.read(into); }
        ssize_t write(std::span<const std::uint8_t> bytes) override { return ep0_.write(bytes); }
        void wait(int stop, std::chrono::milliseconds limit) override {
            std::array<pollfd, 2> files{pollfd{ep0_.bell_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
            ::poll(files.data(), files.size(), static_cast<int>(limit.count()));
            std::uint64_t rings = 0;
            [[maybe_unused]] const auto size = ::read(ep0_.bell_.get(), &rings, sizeof rings);
        }

    private:
        FakeEp0& ep0_;
    };

    ssize_t read(std::span<std::uint8_t> into) {
        const std::lock_guard guard{lock_};
        if (wanted_ > 0)
            return -EBADFD;
        if (!failures_.empty()) {
            const int error = failures_.front();
            failures_.pop_front();
            return -error;
        }
        if (pending_)
            return read_request(into);
        if (queue_.empty())
            return -EAGAIN;
        if (into.size() < ep0_event_size)
            return -EINVAL;
        const auto bytes = queue_.front();
        queue_.pop_front();
        std::copy(bytes.begin(), bytes.end(), into.begin());
        if (const auto event = parse_event(bytes); event && event->kind == FUNCTIONFS_SETUP)
            pending_ = event->setup;
        return static_cast<ssize_t>(bytes.size());
    }
    ssize_t read_request(std::span<std::uint8_t> into) {
        const auto length = static_cast<std::size_t>((*pending_)[6] | (*pending_)[7] << 8);
        if (((*pending_)[0] & 0x80U) != 0)
            return stall();
        if (into.size() < length || (into.empty() && length > 0))
            return -EOVERFLOW;
        heard_.emplace_back("ack");
        pending_.reset();
        return static_cast<ssize_t>(length);
    }
    ssize_t write(std::span<const std::uint8_t> bytes) {
        std::unique_lock guard{lock_};
        if (wanted_ > 0) {
            if (refuse_write != 0)
                return -refuse_write;
            --wanted_;
            taken_.emplace_back(bytes.begin(), bytes.end());
            return static_cast<ssize_t>(bytes.size());
        }
        if (!pending_)
            return -ESRCH;
        if (((*pending_)[0] & 0x80U) == 0)
            return stall();
        if (blocking_) {
            guard.unlock();
            ::poll(nullptr, 0, -1);  // blocks until a signal
            return -errno;
        }
        heard_.emplace_back(bytes.begin(), bytes.end());
        pending_.reset();
        return static_cast<ssize_t>(bytes.size());
    }
    ssize_t stall() {
        heard_.emplace_back("stall");
        pending_.reset();
        return -EL2HLT;
    }
    void wake() {
        const std::uint64_t once = 1;
        [[maybe_unused]] const auto size = ::write(bell_.get(), &once, sizeof once);
    }

    mutable std::mutex lock_;
    UniqueFd bell_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    int wanted_;
    bool blocking_ = false;
    int closed_ = 0;
    std::deque<std::vector<std::uint8_t>> queue_;
    std::deque<int> failures_;
    std::optional<Setup> pending_;
    std::vector<std::string> heard_;
    std::vector<std::vector<std::uint8_t>> taken_;
};

constexpr Setup probe_setup{0x81, 0x5A, 0, 0, 0, 0, 8, 0};
constexpr Setup foreign_in{0xC1, 0x06, 0, 0, 0, 0, 18, 0};
constexpr Setup foreign_in_empty{0xC1, 0x06, 0, 0, 0, 0, 0, 0};
constexpr Setup foreign_out{0x41, 0x01, 0, 0, 0, 0, 64, 0};
constexpr Setup foreign_out_empty{0x41, 0x01, 0, 0, 0, 0, 0, 0};
inline const std::string answer_ready{"TZSG\1\0\1\0", 8};
inline const std::string answer_not_ready{"TZSG\1\0\0\0", 8};

}  // namespace revenant::test
