#include "test/powercut/card.hpp"

#include <algorithm>

namespace revenant::powercut {
namespace {

Folder& folder_with(Card& card, const std::string& path) {
    return card.folders.at(folder_of(path));
}

bool touches(const DataChange& change, std::size_t offset, std::size_t size) {
    return !change.truncates && change.offset / page_size >= offset / page_size &&
           change.offset / page_size <= (offset + size - 1) / page_size;
}

}  // namespace

std::string folder_of(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

std::string name_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

void DataChange::apply_to(Contents& contents) const {
    if (truncates) {
        contents.resize(offset);
        return;
    }
    contents.resize(std::max(contents.size(), offset + bytes.size()));
    std::copy(bytes.begin(), bytes.end(), contents.begin() + static_cast<std::ptrdiff_t>(offset));
}

File& Card::own(int number) {
    auto& file = files[static_cast<std::size_t>(number)];
    if (file.use_count() > 1)
        file = std::make_shared<File>(*file);
    return *file;
}

Card Card::with_folder(const std::string& path) {
    Card card;
    card.folders[path];
    return card;
}

int Card::find(const std::string& path) const {
    if (folders.contains(path))
        return folder_node;
    const auto folder = folders.find(folder_of(path));
    if (folder == folders.end())
        return no_node;
    const auto found = folder->second.cached.find(name_of(path));
    return found == folder->second.cached.end() ? no_node : found->second;
}

void Card::make_folder(const std::string& path) {
    auto& parent = folder_with(*this, path);
    parent.cached[name_of(path)] = folder_node;
    parent.pending.push_back({name_of(path), folder_node, {}});
    folders[path];
}

int Card::create(const std::string& path) {
    const auto file = static_cast<int>(files.size());
    files.push_back(std::make_shared<File>());
    auto& folder = folder_with(*this, path);
    folder.cached[name_of(path)] = file;
    folder.pending.push_back({name_of(path), file, {}});
    return file;
}

void Card::link(const std::string& from, const std::string& to) {
    const auto file = find(from);
    auto& folder = folder_with(*this, to);
    folder.cached[name_of(to)] = file;
    folder.pending.push_back({name_of(to), file, {}});
}

void Card::rename(const std::string& from, const std::string& to) {
    const auto file = find(from);
    auto& folder = folder_with(*this, to);
    folder.cached.erase(name_of(from));
    folder.cached[name_of(to)] = file;
    folder.pending.push_back({name_of(to), file, name_of(from)});
}

void Card::remove(const std::string& path) {
    auto& folder = folder_with(*this, path);
    folder.cached.erase(name_of(path));
    folder.pending.push_back({name_of(path), no_node, {}});
}

void Card::write(int file, std::size_t offset, ByteView bytes) {
    auto& changed = own(file);
    while (!bytes.empty()) {
        const auto part = std::min(bytes.size(), page_size - offset % page_size);
        DataChange change{offset, Contents(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(part))};
        change.apply_to(changed.cached);
        changed.pending.push_back(std::move(change));
        changed.unreadable.erase(offset / page_size);
        offset += part;
        bytes = bytes.subspan(part);
    }
}

void Card::truncate(int file, std::size_t size) {
    auto& changed = own(file);
    if (changed.cached.size() == size)
        return;
    changed.cached.resize(size);
    changed.pending.push_back({size, {}, true});
}

void Card::sync_folder(const std::string& path) {
    auto& folder = folders.at(path);
    folder.durable = folder.cached;
    folder.pending.clear();
}

void Card::sync_file(int file) {
    auto& synced = own(file);
    std::vector<DataChange> stuck;
    for (auto& change : synced.pending)
        if (change.is_stuck)
            stuck.push_back(std::move(change));
        else
            change.apply_to(synced.durable);
    synced.pending = std::move(stuck);
}

void Card::sync_range(int file, std::size_t offset, std::size_t size) {
    auto& synced = own(file);
    for (const auto& change : synced.pending)
        if (touches(change, offset, size))
            change.apply_to(synced.durable);  // a stuck one too: its page is written as a whole
    std::erase_if(synced.pending, [&](const auto& change) { return touches(change, offset, size); });
}

void Card::forget_range(int file, std::size_t offset, std::size_t size) {
    for (auto& change : own(file).pending)
        if (touches(change, offset, size))
            change.is_stuck = true;
}

void Card::add_visible_to(Fingerprint& sum, std::string_view prefix) const {
    for (const auto& [path, folder] : folders) {
        sum.add(path);
        for (const auto& [name, node] : folder.cached) {
            if (!name.starts_with(prefix))
                continue;
            sum.add(name);
            if (node < 0)
                continue;
            sum.add(file(node).cached);
            for (const auto page : file(node).unreadable)
                sum.add(page);
        }
    }
}

void Card::add_pending_to(Fingerprint& sum) const {
    for (const auto& [path, folder] : folders)
        for (const auto& change : folder.pending) {
            sum.add(path);
            sum.add(change.name);
            sum.add(static_cast<std::uint64_t>(change.node));
        }
    for (const auto& file : files)
        for (const auto& change : file->pending) {
            sum.add(change.offset);
            sum.add(change.bytes);
        }
}

bool Card::is_settled() const {
    return std::all_of(folders.begin(), folders.end(),
                       [](const auto& entry) { return entry.second.pending.empty(); }) &&
           std::all_of(files.begin(), files.end(), [](const auto& file) { return file->pending.empty(); });
}

}  // namespace revenant::powercut
