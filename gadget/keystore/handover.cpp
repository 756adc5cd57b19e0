#include "gadget/keystore/handover.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gadget/crypto/seal.hpp"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447  // newer than the C library of Debian 12; same number on every architecture
#endif

namespace revenant::gadget::keystore {

/// One key. `used` is set last and cleared first, so that a kill in the middle leaves an unused entry.
struct Handover::Entry {
    std::atomic<std::uint8_t> used;
    std::uint8_t id_size;
    std::array<char, 64> id;
    std::array<std::uint8_t, key_size> data_key;
    /// The size may come from another process: never read beyond the array.
    [[nodiscard]] std::string_view name() const { return {id.data(), std::min<std::size_t>(id_size, id.size())}; }
};

namespace {

constexpr std::string_view magic = "revenant handover 1";
constexpr std::size_t table_offset = 32;
constexpr std::size_t capacity = 64;
constexpr std::size_t memory_size = 8192;
constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

std::string unavailable(const char* what) {
    const std::error_code error{errno, std::system_category()};
    return fmt::format("{} for the handover memory failed ({}); allow it, or unlock the keys again after a restart",
                       what, error.message());
}

std::string refused(const char* why) {
    return fmt::format("the handover memory of the previous process is rejected, since {}: unlock the keys again", why);
}

/// Secret memory can be recognised by its name only.
bool is_secret_memory(int fd) {
    std::array<char, 32> target{};
    const auto link = fmt::format("/proc/self/fd/{}", fd);
    const auto size = ::readlink(link.c_str(), target.data(), target.size());
    return size > 0 && std::string_view{target.data(), static_cast<std::size_t>(size)}.starts_with("/secretmem");
}

std::string read_swaps() {
    std::ifstream file{"/proc/swaps"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

Handover::Made Handover::create() {
    UniqueFd secret{static_cast<int>(::syscall(SYS_memfd_secret, O_CLOEXEC))};
    if (!secret || ::ftruncate(secret.get(), memory_size) != 0)
        return create_memfd(read_swaps());
    auto made = started(map(std::move(secret), true));
    return std::holds_alternative<Unavailable>(made) ? create_memfd(read_swaps()) : std::move(made);
}

Handover::Made Handover::create_memfd(std::string_view swaps) {
    if (!only_zram(swaps))
        return "this kernel has no secret memory (memfd_secret) and swaps to a disk; turn swap off, or unlock the keys "
               "again after a restart";
    UniqueFd fd{::memfd_create("revenant-handover", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!fd || ::ftruncate(fd.get(), memory_size) != 0 || ::fcntl(fd.get(), F_ADD_SEALS, seals) != 0)
        return unavailable("memfd_create");
    return started(map(std::move(fd), false));
}

Handover::Made Handover::started(Made made) {
    if (const auto* handover = std::get_if<std::unique_ptr<Handover>>(&made))
        std::memcpy((*handover)->memory_, magic.data(), magic.size());
    return made;
}

Handover::Made Handover::adopt(UniqueFd fd) {
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0 || found.st_size != memory_size)
        return refused("its size is wrong");
    const bool secret_memory = is_secret_memory(fd.get());
    if (!secret_memory && ::fcntl(fd.get(), F_GET_SEALS) != seals)
        return refused("its type is wrong");
    auto made = map(std::move(fd), secret_memory);
    const auto* handover = std::get_if<std::unique_ptr<Handover>>(&made);
    if (handover && std::memcmp((*handover)->memory_, magic.data(), magic.size()) != 0)
        return refused("its format is unknown");
    return made;
}

Handover::Made Handover::map(UniqueFd fd, bool secret_memory) {
    void* memory = ::mmap(nullptr, memory_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (memory == MAP_FAILED)
        return unavailable("mmap");
    std::unique_ptr<Handover> made{new Handover{std::move(fd), memory}};
    // Secret memory is always locked and excluded from core dumps, and mlock and madvise fail on it.
    if (!secret_memory && (::mlock(memory, memory_size) != 0 || ::madvise(memory, memory_size, MADV_DONTDUMP) != 0))
        return unavailable("mlock");
    return made;
}

Handover::Handover(UniqueFd fd, void* memory) : fd_{std::move(fd)}, memory_{memory} {}

Handover::~Handover() {
    ::munmap(memory_, memory_size);
}

std::span<Handover::Entry> Handover::table() const {
    static_assert(std::atomic<std::uint8_t>::is_always_lock_free && std::is_standard_layout_v<Entry>);
    static_assert(table_offset + capacity * sizeof(Entry) <= memory_size);
    return {reinterpret_cast<Entry*>(static_cast<std::byte*>(memory_) + table_offset), capacity};
}

bool Handover::put(std::string_view id, const Secret& data_key) {
    const std::scoped_lock hold{lock_};
    wipe(id);
    const auto entries = table();
    const auto free = std::find_if(entries.begin(), entries.end(), [](const Entry& entry) { return entry.used == 0; });
    if (free == entries.end() || id.size() > free->id.size() || data_key.size() != key_size)
        return false;
    const Secret::Reader bytes{data_key};
    std::copy(id.begin(), id.end(), free->id.begin());
    free->id_size = static_cast<std::uint8_t>(id.size());
    std::copy(bytes.bytes().begin(), bytes.bytes().end(), free->data_key.begin());
    free->used.store(1, std::memory_order_release);
    return true;
}

void Handover::remove(std::string_view id) {
    const std::scoped_lock hold{lock_};
    wipe(id);
}

void Handover::wipe(std::string_view id) {
    for (auto& entry : table())
        if (entry.used != 0 && entry.name() == id) {
            entry.used.store(0, std::memory_order_release);
            sodium_memzero(&entry, sizeof entry);
        }
}

void Handover::clear() {
    const std::scoped_lock hold{lock_};
    const auto entries = table();
    sodium_memzero(entries.data(), entries.size_bytes());
}

std::vector<std::pair<std::string, Secret>> Handover::entries() const {
    const std::scoped_lock hold{lock_};
    std::vector<std::pair<std::string, Secret>> found;
    for (const auto& entry : table()) {
        if (entry.used == 0)
            continue;
        found.emplace_back(entry.name(), Secret{key_size, [&](std::span<std::uint8_t> into) {
                                                    std::copy(entry.data_key.begin(), entry.data_key.end(),
                                                              into.begin());
                                                }});
    }
    return found;
}

bool only_zram(std::string_view swaps) {
    if (!swaps.starts_with("Filename"))
        return false;  // unexpected format: assume disk swap
    // One heading, then one line per swap area, beginning with its path.
    auto line_end = swaps.find('\n');
    while (line_end != std::string_view::npos) {
        swaps.remove_prefix(line_end + 1);
        line_end = swaps.find('\n');
        if (!swaps.substr(0, line_end).empty() && !swaps.starts_with("/dev/zram"))
            return false;
    }
    return true;
}

}  // namespace revenant::gadget::keystore
