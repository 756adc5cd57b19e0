#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "common/core/fd.hpp"
#include "common/core/secret.hpp"

namespace revenant::gadget::keystore {

/// The data keys of the unlocked keys, in memory that outlives the process: the service manager keeps the descriptor
/// and passes it to the next process. After a crash no unlock is needed; after a power cut the keys are gone. Any
/// thread; no function waits for a disk.
class Handover {
public:
    /// The reason, as one sentence for the log.
    using Unavailable = std::string;
    using Made = std::variant<std::unique_ptr<Handover>, Unavailable>;

    /// Creates an empty one: memfd_secret where the kernel has it, else a sealed memfd, but only if there is no swap
    /// other than zram.
    static Made create();
    /// Only the fallback of create(); `swaps` is the text of /proc/swaps.
    static Made create_memfd(std::string_view swaps);
    /// Takes over the descriptor from the service manager. Checks type, size and format; only Store::reopen() proves
    /// that an entry is correct.
    static Made adopt(UniqueFd fd);

    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;
    ~Handover();  // unmaps; the contents stay for the next process

    /// For the service manager's descriptor store.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Replaces an entry with the same id. Capacity 64 keys; false when full.
    bool put(std::string_view id, const Secret& data_key);
    /// Wipes the entry at once.
    void remove(std::string_view id);
    void clear();
    [[nodiscard]] std::vector<std::pair<std::string, Secret>> entries() const;

private:
    struct Entry;
    Handover(UniqueFd fd, void* memory);
    static Made map(UniqueFd fd, bool secret_memory);
    static Made started(Made made);
    void wipe(std::string_view id);
    [[nodiscard]] std::span<Entry> table() const;

    UniqueFd fd_;
    void* memory_;
    mutable std::mutex lock_;
};

/// Whether the text of /proc/swaps lists no swap other than zram, which stays in memory.
bool only_zram(std::string_view swaps);

}  // namespace revenant::gadget::keystore
