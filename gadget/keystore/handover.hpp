#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/core/fd.hpp"
#include "common/core/secret.hpp"

namespace revenant::keystore {

/// The data keys of the unlocked keys in memory that outlives the process: the service manager keeps the descriptor and
/// hands it to the next start, so that a crash costs no unlock while a power cut forgets all. Functions may be called
/// from any thread and never block.
class Handover {
public:
    /// Why there is none, for the log.
    using Unavailable = std::string;
    using Made = std::variant<std::unique_ptr<Handover>, Unavailable>;

    /// A new one: memfd_secret where the kernel has it, else a sealed memfd, and that only if nothing but zram is
    /// swapped to.
    static Made create();
    /// One that came back. Checks that it is of ours; what it says is proved by Store::reopen() only.
    static Made adopt(UniqueFd fd);

    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;
    ~Handover();  // unmaps; the contents stay for the next process

    /// For the service manager's descriptor store.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Room for 64 keys; false when it is full.
    bool put(std::string_view id, const Secret& data_key);
    void remove(std::string_view id);
    void clear();
    [[nodiscard]] std::vector<std::pair<std::string, Secret>> entries() const;

private:
    Handover(UniqueFd fd, std::byte* memory);
    UniqueFd fd_;
    std::byte* memory_;
    mutable std::mutex lock_;
};

/// Whether the text of /proc/swaps names no swap but zram: what is swapped there stays in memory.
bool only_zram(std::string_view swaps);

}  // namespace revenant::keystore
