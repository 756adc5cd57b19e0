#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/bytes.hpp"
#include "test/powercut/fingerprint.hpp"

/// Checks what a power cut may leave of a store: docs/powercut.md.
namespace revenant::powercut {

inline constexpr std::size_t page_size = 4096;

using Contents = std::vector<std::uint8_t>;

/// A write or a truncation that is in the page cache only. It lies within one page.
struct DataChange {
    std::size_t offset = 0;  // of a truncation: the new size
    Contents bytes;
    bool truncates = false;
    bool is_stuck = false;  // its write failed: the page counts as clean, so no later sync writes it

    void apply_to(Contents& contents) const;
};

struct File {
    Contents cached, durable;
    std::vector<DataChange> pending;
    std::set<std::size_t> unreadable;  // pages: reading fails, writing the whole page mends it
};

/// A name in a folder: the number of a file, or one of these.
inline constexpr int folder_node = -1;
inline constexpr int no_node = -2;

/// A change of names that no sync of the folder has made durable.
struct NameChange {
    std::string name;
    int node = no_node;  // no_node: removed
    std::string from;    // of a rename: the old name
};

struct Folder {
    std::map<std::string, int> cached, durable;
    std::vector<NameChange> pending;
};

/// The contents of a file system and of the page cache above it: a value. A process reads the cache; what is durable
/// changes with a sync only. Paths are absolute.
struct Card {
    std::map<std::string, Folder> folders;
    std::vector<std::shared_ptr<File>> files;  // shared by copies of the card until one of them changes it

    /// A card with one empty, durable folder.
    static Card with_folder(const std::string& path);

    [[nodiscard]] const File& file(int number) const { return *files[static_cast<std::size_t>(number)]; }
    [[nodiscard]] int find(const std::string& path) const;
    void make_folder(const std::string& path);
    int create(const std::string& path);
    void link(const std::string& from, const std::string& to);
    void rename(const std::string& from, const std::string& to);
    void remove(const std::string& path);
    void write(int file, std::size_t offset, ByteView bytes);
    void truncate(int file, std::size_t size);

    void sync_folder(const std::string& path);
    void sync_file(int file);
    /// The pages that `size` bytes at `offset` touch, as O_DSYNC does.
    void sync_range(int file, std::size_t offset, std::size_t size);
    /// A failed write of these pages: they count as clean, and the medium has the old bytes.
    void forget_range(int file, std::size_t offset, std::size_t size);

    /// Of the names that start with `prefix` and their bytes, as a process sees them.
    void add_visible_to(Fingerprint& sum, std::string_view prefix = {}) const;
    /// Of what a power cut may undo.
    void add_pending_to(Fingerprint& sum) const;
    [[nodiscard]] bool is_settled() const;  // nothing is pending

private:
    File& own(int number);
};

/// The folder of a path, and the last part of it.
std::string folder_of(const std::string& path);
std::string name_of(const std::string& path);

}  // namespace revenant::powercut
