#include "test/powercut/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace revenant::powercut {
namespace {

constexpr int first_descriptor = 1'000'000;  // the kernel gives none so high

Machine* running = nullptr;

int fail(int error) {
    errno = error;
    return -1;
}

}  // namespace

Machine::Machine(Card card) : card_{std::move(card)}, outer_{std::exchange(running, this)} {}

Machine::~Machine() {
    running = outer_;
}

Machine* Machine::current() {
    return running;
}

std::string Machine::path_at(int folder, const std::string& path) const {
    if (path.starts_with('/'))
        return path;
    const auto found = descriptors_.find(folder);
    if (found == descriptors_.end())
        return {};
    const auto& base = found->second.path;
    return path == "." ? base : path == ".." ? folder_of(base) : base + '/' + path;
}

std::vector<std::string> Machine::names_in(int folder) const {
    std::vector<std::string> names;
    for (const auto& [name, node] : card_.folders.at(descriptors_.at(folder).path).cached)
        names.push_back(name);
    return names;
}

int Machine::open(const std::string& path, int flags) {
    auto node = card_.find(path);
    if (node == no_node) {
        if ((flags & O_CREAT) == 0 || !card_.folders.contains(folder_of(path)))
            return fail(ENOENT);
        if (!step("create " + path))
            return -1;
        node = card_.create(path);
        changed();
    } else if ((flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
        return fail(EEXIST);
    } else if ((flags & O_DIRECTORY) != 0 && node != folder_node) {
        return fail(ENOTDIR);
    }
    const auto descriptor = descriptors_.empty() ? first_descriptor : descriptors_.rbegin()->first + 1;
    descriptors_[descriptor] = {path, node, (flags & O_DSYNC) != 0};
    if ((flags & O_TRUNC) != 0)
        truncate(descriptor, 0);
    return descriptor;
}

int Machine::close(int descriptor) {
    descriptors_.erase(descriptor);
    return 0;
}

ssize_t Machine::read(int descriptor, void* into, std::size_t size, std::optional<off_t> offset) {
    auto& from = descriptors_.at(descriptor);
    const auto& file = card_.file(from.node);
    const auto at = static_cast<std::size_t>(offset.value_or(from.position));
    const auto got = std::min(size, file.cached.size() - std::min(at, file.cached.size()));
    for (auto page = at / page_size; got > 0 && page <= (at + got - 1) / page_size; ++page)
        if (file.unreadable.contains(page))
            return fail(EIO);
    std::memcpy(into, file.cached.data() + at, got);
    if (!offset)
        from.position += static_cast<off_t>(got);
    return static_cast<ssize_t>(got);
}

ssize_t Machine::write(int descriptor, const void* bytes, std::size_t size, std::optional<off_t> offset) {
    auto& into = descriptors_.at(descriptor);
    const auto at = offset.value_or(into.position);
    const auto& bad = card_.file(into.node).unreadable;
    if (size < page_size && bad.contains(static_cast<std::size_t>(at) / page_size))
        return fail(EIO);  // the rest of the page cannot be read
    if (!step(fmt::format("write {} bytes at {} of {}", size, at, into.path)))
        return -1;
    card_.write(into.node, static_cast<std::size_t>(at), {static_cast<const std::uint8_t*>(bytes), size});
    changed();
    if (into.is_durable && sync_written(into, at, size) != 0)
        return -1;
    if (!offset)
        into.position += static_cast<off_t>(size);
    return static_cast<ssize_t>(size);
}

int Machine::sync_written(const Descriptor& file, off_t offset, std::size_t size) {
    if (!step("  durably"))
        return -1;
    if (sync_fails && sync_fails(file.path)) {
        card_.forget_range(file.node, static_cast<std::size_t>(offset), size);
        return fail(EIO);
    }
    card_.sync_range(file.node, static_cast<std::size_t>(offset), size);
    return 0;
}

int Machine::truncate(int descriptor, off_t size) {
    const auto& file = descriptors_.at(descriptor);
    if (!step(fmt::format("truncate {} to {}", file.path, size)))
        return -1;
    card_.truncate(file.node, static_cast<std::size_t>(size));
    changed();
    return 0;
}

int Machine::sync(int descriptor) {
    const auto& synced = descriptors_.at(descriptor);
    if (!step("sync " + synced.path))
        return -1;
    if (sync_fails && sync_fails(synced.path))
        return fail(EIO);
    if (synced.node == folder_node)
        card_.sync_folder(synced.path);
    else
        card_.sync_file(synced.node);
    return 0;
}

int Machine::stat(const std::string& path, struct stat& into) const {
    const auto node = card_.find(path);
    return node == no_node ? fail(ENOENT) : stat_node(node, into);
}

int Machine::stat(int descriptor, struct stat& into) const {
    return stat_node(descriptors_.at(descriptor).node, into);
}

int Machine::stat_node(int node, struct stat& into) const {
    into = {};
    into.st_uid = ::geteuid();
    into.st_mode = node == folder_node ? S_IFDIR | S_IRWXU : S_IFREG | S_IRUSR | S_IWUSR;
    if (node >= 0)
        into.st_size = static_cast<off_t>(card_.file(node).cached.size());
    return 0;
}

int Machine::make_folder(const std::string& path) {
    if (card_.find(path) != no_node)
        return fail(EEXIST);
    if (!step("make folder " + path))
        return -1;
    card_.make_folder(path);
    changed();
    return 0;
}

int Machine::rename(const std::string& from, const std::string& to) {
    if (card_.find(from) == no_node)
        return fail(ENOENT);
    if (folder_of(from) != folder_of(to))
        return fail(ENOTSUP);  // the card knows no change of two folders at once
    if (!step("rename " + from + " to " + to))
        return -1;
    card_.rename(from, to);
    changed();
    return 0;
}

int Machine::link(const std::string& from, const std::string& to) {
    if (card_.find(from) == no_node || card_.find(to) != no_node)
        return fail(card_.find(from) == no_node ? ENOENT : EEXIST);
    if (!step("link " + from + " to " + to))
        return -1;
    card_.link(from, to);
    changed();
    return 0;
}

int Machine::remove(const std::string& path) {
    if (card_.find(path) < 0)
        return fail(card_.find(path) == no_node ? ENOENT : EISDIR);
    if (!step("remove " + path))
        return -1;
    card_.remove(path);
    changed();
    return 0;
}

bool Machine::step(const std::string& what) {
    if (is_dead())
        return fail(EIO) == 0;
    ++steps_;
    if (is_dead()) {
        if (on_death)
            on_death();
        return fail(EIO) == 0;
    }
    log_.push_back(what);
    return true;
}

void Machine::changed() {
    if (on_change)
        on_change();
}

}  // namespace revenant::powercut
