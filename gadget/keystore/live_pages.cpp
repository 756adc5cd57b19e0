#include "gadget/keystore/live_pages.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace revenant::gadget::keystore {
namespace {

constexpr std::string_view live_magic = "revenant live pages 1";
constexpr std::size_t first_page = 4096;
constexpr std::size_t live_size = first_page + LivePages::capacity * LivePage::size;
constexpr int live_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

std::string uncreated(const char* what) {
    const std::error_code error{errno, std::system_category()};
    return fmt::format("{} for the live marks failed ({}); allow it, or set reserve-levels to 0", what,
                       error.message());
}

std::string rejected(const char* why) {
    return fmt::format(
        "the memory of the live marks of the previous process is rejected, since {}: some levels are "
        "refused, as after a power cut",
        why);
}

}  // namespace

LivePages::Made LivePages::create() {
    UniqueFd fd{::memfd_create("revenant-marks", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!fd || ::ftruncate(fd.get(), live_size) != 0 || ::fcntl(fd.get(), F_ADD_SEALS, live_seals) != 0)
        return uncreated("memfd_create");
    auto made = map(std::move(fd));
    if (const auto* pages = std::get_if<std::unique_ptr<LivePages>>(&made))
        std::memcpy((*pages)->memory_, live_magic.data(), live_magic.size());
    return made;
}

LivePages::Made LivePages::adopt(UniqueFd fd) {
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0 || found.st_size != live_size)
        return rejected("its size is wrong");
    if (::fcntl(fd.get(), F_GET_SEALS) != live_seals)
        return rejected("its type is wrong");
    auto made = map(std::move(fd));
    const auto* pages = std::get_if<std::unique_ptr<LivePages>>(&made);
    if (pages != nullptr && std::memcmp((*pages)->memory_, live_magic.data(), live_magic.size()) != 0)
        return rejected("its format is unknown");
    return made;
}

LivePages::Made LivePages::map(UniqueFd fd) {
    void* memory = ::mmap(nullptr, live_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED)
        return uncreated("mmap");
    return std::unique_ptr<LivePages>{new LivePages{std::move(fd), memory}};
}

LivePages::LivePages(UniqueFd fd, void* memory) : fd_{std::move(fd)}, memory_{memory} {}

LivePages::~LivePages() {
    ::munmap(memory_, live_size);
}

std::shared_ptr<LivePage> LivePages::page(const PageOwner& owner) {
    const std::scoped_lock hold{lock_};
    const auto at = position(owner);
    if (at == capacity)
        return nullptr;
    auto page = std::make_shared<LivePage>(memory(at), owner);
    taken_[at] = page;
    return page;
}

/// Of the page of this owner, else of a free one, else the capacity.
std::size_t LivePages::position(const PageOwner& owner) const {
    std::size_t free = capacity;
    for (std::size_t at = 0; at < capacity; ++at) {
        const auto found = LivePage::owner_in(memory(at));
        if (found == owner)
            return at;
        if (!found && taken_[at].expired() && free == capacity)
            free = at;
    }
    return free;
}

void LivePages::erase(const KeyTag& key) {
    const std::scoped_lock hold{lock_};
    for (std::size_t at = 0; at < capacity; ++at)
        if (const auto owner = LivePage::owner_in(memory(at)); owner && owner->key == key)
            LivePage{memory(at), *owner}.erase();
}

LivePage::Memory LivePages::memory(std::size_t at) const {
    auto* const first = static_cast<std::uint8_t*>(memory_) + first_page + at * LivePage::size;
    return LivePage::Memory{first, LivePage::size};
}

}  // namespace revenant::gadget::keystore
