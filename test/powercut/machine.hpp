#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <sys/types.h>

#include "test/powercut/card.hpp"

namespace revenant::powercut {

/// A process on a card. While it exists, the calls of this program on paths below top() and on the descriptors that it
/// opens there act on its card (calls.cpp); a function returns what the call does and sets errno. One thread.
class Machine {
public:
    static constexpr auto top = "/card";

    explicit Machine(Card card);
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;
    ~Machine();
    /// Null: no machine exists.
    static Machine* current();

    /// Called after each change in the page cache, before it can be durable.
    std::function<void()> on_change;
    /// Called when the process is killed.
    std::function<void()> on_death;
    /// True: this sync of a file or folder fails, also the one of a write with O_DSYNC.
    std::function<bool(const std::string& path)> sync_fails;
    /// The process is killed before this step, counted from now. A killed process changes nothing any more: what its
    /// caller does until it returns has no effect.
    void kill_before(std::size_t step) { death_ = steps_ + std::max<std::size_t>(step, 1); }
    [[nodiscard]] bool is_dead() const { return steps_ >= death_; }

    [[nodiscard]] const Card& card() const { return card_; }
    /// Each change and sync, for a report.
    [[nodiscard]] const std::vector<std::string>& log() const { return log_; }

    [[nodiscard]] bool owns(int descriptor) const { return descriptors_.contains(descriptor); }
    [[nodiscard]] std::string path_at(int folder, const std::string& path) const;
    [[nodiscard]] std::vector<std::string> names_in(int folder) const;
    int open(const std::string& path, int flags);
    int close(int descriptor);
    ssize_t read(int descriptor, void* into, std::size_t size, std::optional<off_t> offset);
    ssize_t write(int descriptor, const void* bytes, std::size_t size, std::optional<off_t> offset);
    int truncate(int descriptor, off_t size);
    int sync(int descriptor);
    int stat(const std::string& path, struct stat& into) const;
    int stat(int descriptor, struct stat& into) const;
    int make_folder(const std::string& path);
    int rename(const std::string& from, const std::string& to);
    int link(const std::string& from, const std::string& to);
    int remove(const std::string& path);

private:
    struct Descriptor {
        std::string path;
        int node;
        bool is_durable;  // O_DSYNC
        off_t position = 0;
    };
    [[nodiscard]] bool step(const std::string& what);
    void changed();
    int stat_node(int node, struct stat& into) const;
    int sync_written(const Descriptor& file, off_t offset, std::size_t size);

    Card card_;
    std::map<int, Descriptor> descriptors_;
    std::vector<std::string> log_;
    std::size_t steps_ = 0;
    std::size_t death_ = static_cast<std::size_t>(-1);
    Machine* const outer_;
};

}  // namespace revenant::powercut
