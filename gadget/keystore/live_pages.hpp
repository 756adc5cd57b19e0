#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "common/core/fd.hpp"
#include "gadget/marks/live_page.hpp"

namespace revenant::gadget::keystore {

/// The live pages of all keys and chains, in memory that outlives the process: the service manager keeps the descriptor
/// and passes it to the next process. After a crash the marks are exact; after a power cut or a stop of the service the
/// pages are gone. Marks are not secret. Any thread; no function waits for a disk.
class LivePages {
public:
    /// As many as 64 keys with 8 chains each.
    static constexpr std::size_t capacity = 512;

    /// The reason, as one sentence for the log.
    using Unavailable = std::string;
    using Made = std::variant<std::unique_ptr<LivePages>, Unavailable>;

    /// Creates an empty memory, which cannot be resized.
    static Made create();
    /// Takes over the descriptor from the service manager. Checks type, size, seals and format; each page is trusted
    /// only with a right checksum.
    static Made adopt(UniqueFd fd);

    LivePages(const LivePages&) = delete;
    LivePages& operator=(const LivePages&) = delete;
    ~LivePages();  // unmaps; the contents stay for the next process. After all pages.

    /// For the service manager's descriptor store.
    [[nodiscard]] int fd() const { return fd_.get(); }

    /// The page of this owner, or a free one. Null when all are taken: the marks are then treated as without a keeper
    /// of memory. One object at a time for each owner.
    std::shared_ptr<LivePage> page(const PageOwner& owner);

    /// Frees the pages of a key, whose objects are gone or discarded.
    void erase(const KeyTag& key);

private:
    LivePages(UniqueFd fd, void* memory);
    static Made map(UniqueFd fd);
    [[nodiscard]] LivePage::Memory memory(std::size_t at) const;
    [[nodiscard]] std::size_t position(const PageOwner& owner) const;

    UniqueFd fd_;
    void* memory_;
    std::mutex lock_;
    std::array<std::weak_ptr<LivePage>, capacity> taken_;  // a page that is in use and not written yet is not free
};

}  // namespace revenant::gadget::keystore
