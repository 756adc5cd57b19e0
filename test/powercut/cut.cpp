#include "test/powercut/cut.hpp"

#include <algorithm>

namespace revenant::powercut {
namespace {

constexpr std::size_t sector_size = 512;

using Names = std::map<std::string, int>;

void keep_name(Names& names, const NameChange& change, Random& random) {
    if (change.node == no_node)
        names.erase(change.name);
    else
        names[change.name] = change.node;
    if (!change.from.empty() && !random.one_in(3))  // else both names are left
        names.erase(change.from);
}

/// A part of the bytes is new; the rest is what the medium had, zeros beyond its end.
void keep_part(Contents& bytes, const DataChange& change, Random& random) {
    const auto before = bytes;
    change.apply_to(bytes);
    const auto old_at = [&](std::size_t at) { return at < before.size() ? before[at] : std::uint8_t{0}; };
    const auto size = change.bytes.size();
    const auto at = random.pick(size + 1);
    const auto manner = random.pick(4);
    std::uint64_t lost_sectors = random.number();
    for (std::size_t i = 0; i < size; ++i) {
        const bool is_lost = manner == 0   ? i >= at
                             : manner == 1 ? i < at
                             : manner == 2 ? (lost_sectors >> (i / sector_size) & 1U) != 0
                                           : true;  // the size is new, the bytes are not
        if (is_lost)
            bytes[change.offset + i] = old_at(change.offset + i);
    }
    if (manner == 0 && before.size() < change.offset + size && random.one_in(2))
        bytes.resize(std::max(before.size(), change.offset + at));
}

std::shared_ptr<File> resolved(const File& file, bool keep_changes, Random& random) {
    auto made = std::make_shared<File>(File{file.durable, {}, {}, file.unreadable});
    auto& left = *made;
    const bool calm = random.one_in(3);  // nothing torn
    for (const auto& change : file.pending) {
        const auto fate = !keep_changes ? 0 : random.pick(calm || change.truncates ? 2 : 5);
        if (fate == 0)
            continue;
        const auto page = change.offset / page_size;
        if (fate == 2 && file.durable.size() >= (page + 1) * page_size)
            left.unreadable.insert(page);
        if (fate == 1)
            change.apply_to(left.cached);
        else
            keep_part(left.cached, change, random);
    }
    left.durable = left.cached;
    return made;
}

/// Copies a folder with its files and sub-folders.
void take(const Card& card, const std::string& path, Card& into, bool keep_changes, Random& random,
          std::map<int, int>& numbers) {
    const auto& folder = card.folders.at(path);
    auto names = folder.durable;
    for (const auto& change : folder.pending)
        if (keep_changes && random.one_in(2))
            keep_name(names, change, random);
    for (auto& [name, node] : names) {
        const auto below = path + '/' + name;
        if (node == folder_node) {
            take(card, below, into, keep_changes, random, numbers);
        } else if (const auto known = numbers.find(node); known != numbers.end()) {
            node = known->second;
        } else {
            const auto& file = card.files[static_cast<std::size_t>(node)];
            numbers[node] = static_cast<int>(into.files.size());
            node = numbers[node];
            into.files.push_back(file->pending.empty() ? file : resolved(*file, keep_changes, random));
        }
    }
    into.folders[path] = {names, names, {}};
}

Card left_of(const Card& card, bool keep_changes, Random& random) {
    Card left;
    std::map<int, int> numbers;
    take(card, card.folders.begin()->first, left, keep_changes, random, numbers);  // the first path is the top
    return left;
}

}  // namespace

Card after_cut(const Card& card, Random& random) {
    return left_of(card, true, random);
}

Card after_loss(const Card& card) {
    Random unused{0};
    return left_of(card, false, unused);
}

}  // namespace revenant::powercut
