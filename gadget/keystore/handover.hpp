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

/// The data keys of the unlocked keys in memory that outlives the process: the service manager keeps the descriptor and
/// hands it to the next start, so that a crash costs no unlock while a power cut forgets all. Every function may be
/// called from any thread and none waits for a disk.
class Handover {
public:
    /// Why there is none: one sentence for the log.
    using Unavailable = std::string;
    using Made = std::variant<std::unique_ptr<Handover>, Unavailable>;

    /// A new one, empty: memfd_secret where the kernel has it, else a sealed memfd, and that only while nothing but
    /// zram is swapped to.
    static Made create();
    /// The fallback of create() alone; `swaps` is the text of /proc/swaps.
    static Made create_memfd(std::string_view swaps);
    /// One that came back. Checks kind, size and form; that an entry is right is proved by Store::reopen() only.
    static Made adopt(UniqueFd fd);

    Handover(const Handover&) = delete;
    Handover& operator=(const Handover&) = delete;
    ~Handover();  // unmaps; the contents stay for the next process

    /// For the service manager's descriptor store.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// Replaces an entry of the same id. There is room for 64 keys; false when it is full.
    bool put(std::string_view id, const Secret& data_key);
    /// Wipes at once.
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

/// Whether the text of /proc/swaps names no swap but zram: what is swapped there stays in memory.
bool only_zram(std::string_view swaps);

}  // namespace revenant::gadget::keystore
