#include "gadget/keystore/open_key.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "common/core/log.hpp"
#include "common/tezos/text.hpp"

namespace revenant::gadget::keystore {

std::string key_file(const std::string& id) {
    return fmt::format("{}/{}.json", keys_folder, id);
}

std::string marks_file(const std::string& address, const ChainId& chain) {
    return fmt::format("{}/{}-{}", marks_folder, address, tezos::chain_text(chain));
}

namespace {

/// -1 without a mark.
std::int64_t highest_level(const ChainView& view) {
    const auto lower = [](const Mark& a, const Mark& b) { return a.level < b.level; };
    return std::max_element(view.marks.begin(), view.marks.end(), lower)->level;
}

}  // namespace

OpenKey::OpenKey(Disk& disk, const ChainRules& rules, LivePages* pages, KeyRecord record, Secret data_key,
                 SigningKey key, ChainList list, Uptime now)
    : disk_{disk},
      rules_{rules},
      pages_{pages},
      data_key_{std::move(data_key)},
      key_{std::move(key)},
      record_{std::move(record)},
      list_{std::move(list)},
      shown_floor_{list_.floor} {
    for (const auto& chain : list_.chains)
        keep(chain, open_marks(chain, now));  // a listed file that is absent is lost: corrupted
}

Watermark* OpenKey::find_chain(const ChainId& chain) const {
    const std::scoped_lock hold{table_};
    const auto found = watermarks_.find(chain);
    return found == watermarks_.end() ? nullptr : found->second.get();
}

Expected<Watermark*> OpenKey::add_chain(const ChainId& chain, Uptime now) {
    const std::scoped_lock one_writer{writing_};
    return admit(chain, now);
}

Outcome OpenKey::set_level(std::uint64_t level, const std::optional<ChainId>& chain, bool passphrase_given,
                           Uptime now) {
    if (level > max_level)
        return Failure{
            Cause::out_of_bounds,
            fmt::format("{}: level {} rejected: the maximum is {}; choose a lower level", subject(), level, max_level)};
    const std::scoped_lock one_writer{writing_};
    if (list_.chains.empty() && static_cast<std::int64_t>(level) < list_.floor)
        return not_lowered(level, list_.floor);
    if (!chain && list_.chains.empty())
        return set_floor(level, passphrase_given);
    const auto only = only_chain();
    if (!chain && std::holds_alternative<Failure>(only))
        return std::get<Failure>(only);
    return raise_marks(chain ? *chain : std::get<ChainId>(only), level, passphrase_given, now);
}

std::vector<ChainView> OpenKey::views() const {
    const std::scoped_lock hold{table_};
    std::vector<ChainView> views;
    for (const auto& [chain, watermark] : watermarks_)
        views.push_back(watermark->view());
    return views;
}

std::optional<std::int32_t> OpenKey::floor() const {
    const std::scoped_lock hold{table_};
    return shown_floor_ < 0 ? std::nullopt : std::optional{shown_floor_};
}

bool OpenKey::state_corrupted() const {
    const std::scoped_lock hold{table_};
    return stray_damage_ || std::any_of(watermarks_.begin(), watermarks_.end(),
                                        [](const auto& entry) { return entry.second->corrupted(); });
}

Outcome OpenKey::rest() {
    Outcome first;
    for (auto* const watermark : watermarks())
        if (auto failed = watermark->rest(); failed && !first)
            first = std::move(failed);
    return first;
}

void OpenKey::retire() {
    const std::scoped_lock one_writer{writing_};
    retired_ = true;
}

void OpenKey::discard_pages() {
    for (auto* const watermark : watermarks())
        watermark->discard_page();
}

Expected<Watermark*> OpenKey::admit(const ChainId& chain, Uptime now) {
    if (auto* known = find_chain(chain))
        return known;
    if (retired_)
        return Failure{Cause::not_found, fmt::format("{} has been deleted: sign with another key", subject())};
    if (!is_admitted(chain))
        return Failure{Cause::out_of_bounds,
                       fmt::format("{}: chain {} rejected: the key already uses the maximum of {} chains; to allow "
                                   "this chain, add it to the gadget's chains option",
                                   subject(), tezos::chain_text(chain), max_chains)};
    try {
        // This order makes a lost file detectable: first the marks file, then the list that names it, and only then a
        // mark. A power cut between the first two leaves an unlisted file: it is adopted as it is and never recreated,
        // since a list that was written and lost could have followed it.
        if (auto failed = start_marks(chain))
            return std::move(*failed);
        auto watermark = open_marks(chain, now);
        if (watermark->corrupted()) {
            const std::scoped_lock hold{table_};
            stray_damage_ = true;
            return Failure{
                Cause::corrupted,
                fmt::format("{}: signing on chain {} is disabled: the marks in '{}' are damaged; find the highest "
                            "level that the key has signed there, then run 'revenant set-level "
                            "{} LEVEL --chain {} --with-passphrase'",
                            subject(), tezos::chain_text(chain), disk_.path(marks_file(identity().address, chain)),
                            identity().id, tezos::chain_text(chain))};
        }
        if (list_.floor >= 0)  // an adopted file may be older than the floor
            if (auto failed = watermark->raise(static_cast<std::uint64_t>(list_.floor), true, now))
                return std::move(*failed);
        if (auto failed = list_chain(chain))
            return std::move(*failed);
        return keep(chain, std::move(watermark));
    } catch (const std::system_error& error) {
        return storage(marks_file(identity().address, chain), error.code());
    }
}

/// Creates the marks file if absent.
Outcome OpenKey::start_marks(const ChainId& chain) {
    const auto name = marks_file(identity().address, chain);
    std::error_code error;
    if (disk_.open(name, error))
        return {};
    if (error == std::errc::no_such_file_or_directory)
        error = Watermark::create(disk_, name, owner(chain),
                                  list_.floor < 0 ? rules_.marks.jumps.budget : list_.floor_budget, list_.floor);
    return error ? Outcome{storage(name, error)} : Outcome{};
}

/// Replaces an unlisted file that cannot be read; an operator with the passphrase has set the level.
Outcome OpenKey::restart_marks(const ChainId& chain, std::int32_t level, Uptime now) {
    try {
        if (auto failed = open_marks(chain, now)->raise(static_cast<std::uint64_t>(level), true, now))
            return failed;
    } catch (const std::system_error& error) {
        return storage(marks_file(identity().address, chain), error.code());
    }
    const std::scoped_lock hold{table_};
    stray_damage_ = false;
    return {};
}

Outcome OpenKey::list_chain(const ChainId& chain) {
    ChainList next{list_.chains, -1, 0};  // the floor is part of the first chain's marks now
    next.chains.push_back(chain);
    return write_list(next);
}

Outcome OpenKey::raise_marks(const ChainId& chain, std::uint64_t level, bool passphrase_given, Uptime now) {
    auto added = admit(chain, now);
    if (auto* failed = std::get_if<Failure>(&added); failed && failed->cause == Cause::corrupted && passphrase_given) {
        if (auto again = restart_marks(chain, static_cast<std::int32_t>(level), now))
            return again;
        added = admit(chain, now);
    }
    if (auto* failed = std::get_if<Failure>(&added))
        return std::move(*failed);
    auto* const watermark = std::get<Watermark*>(added);
    if (const auto highest = highest_level(watermark->view()); static_cast<std::int64_t>(level) < highest)
        return not_lowered(level, highest);
    return watermark->raise(level, passphrase_given, now);
}

Outcome OpenKey::set_floor(std::uint64_t level, bool passphrase_given) {
    const auto to = static_cast<std::int32_t>(level);
    if (to == list_.floor)
        return {};
    const auto budget = list_.floor < 0 ? rules_.marks.jumps.budget : list_.floor_budget;
    const std::int64_t cost = list_.floor < 0 || passphrase_given ? 0 : std::int64_t{to} - list_.floor;
    if (cost > budget)
        return Failure{
            Cause::over_budget,
            fmt::format("{}: raising to level {} rejected: the level set before is {} and the jump of {} levels "
                        "exceeds the remaining jump budget of {}; if the level is correct, run 'revenant "
                        "set-level {} {} --with-passphrase'",
                        subject(), level, list_.floor, cost, budget, identity().id, level)};
    return write_list({{}, to, static_cast<std::uint32_t>(budget - cost)});
}

Expected<ChainId> OpenKey::only_chain() const {
    if (list_.chains.size() == 1)
        return list_.chains.front();
    std::string names;
    for (const auto& chain : list_.chains)
        names += (names.empty() ? "" : ", ") + tezos::chain_text(chain);
    return Failure{Cause::which_chain,
                   fmt::format("{} has marks on several chains: select one of {} with --chain", subject(), names)};
}

Outcome OpenKey::write_list(const ChainList& next) {
    if (retired_)
        return Failure{Cause::not_found, fmt::format("{} has been deleted: choose another key", subject())};
    auto record = record_;
    record.seal_chains(data_key_, next);
    const auto name = key_file(identity().id);
    if (const auto error = disk_.replace(name, record.to_file()))
        return storage(name, error);
    record_.sealed_chains = std::move(record.sealed_chains);
    list_ = next;
    const std::scoped_lock hold{table_};
    shown_floor_ = next.floor;
    return {};
}

bool OpenKey::is_admitted(const ChainId& chain) const {
    const auto configured = [this](const ChainId& id) {
        return std::find(rules_.admitted.begin(), rules_.admitted.end(), id) != rules_.admitted.end();
    };
    const auto others = list_.chains.size() -
                        static_cast<std::size_t>(std::count_if(list_.chains.begin(), list_.chains.end(), configured));
    return configured(chain) || others < max_chains;
}

Watermark* OpenKey::keep(const ChainId& chain, std::unique_ptr<Watermark> watermark) {
    const std::scoped_lock hold{table_};
    return watermarks_.emplace(chain, std::move(watermark)).first->second.get();
}

/// They live as long as this key.
std::vector<Watermark*> OpenKey::watermarks() const {
    const std::scoped_lock hold{table_};
    std::vector<Watermark*> all;
    for (const auto& [chain, watermark] : watermarks_)
        all.push_back(watermark.get());
    return all;
}

std::unique_ptr<Watermark> OpenKey::open_marks(const ChainId& chain, Uptime now) {
    auto page = pages_ != nullptr ? pages_->page({key_tag(identity().id, identity().address), chain}) : nullptr;
    if (pages_ != nullptr && !page)
        log::warn(
            "{}: after a crash some levels on chain {} are refused, as after a power cut: the memory of the live "
            "marks is full; delete keys that are not used",
            subject(), tezos::chain_text(chain));
    return std::make_unique<Watermark>(disk_, marks_file(identity().address, chain), owner(chain), rules_.marks,
                                       std::move(page), now);
}

MarksFile::Owner OpenKey::owner(const ChainId& chain) const {
    return {data_key_, identity().id, identity().address, chain};
}

std::string OpenKey::subject() const {
    return fmt::format("key '{}'", identity().id);
}

Failure OpenKey::not_lowered(std::uint64_t level, std::int64_t highest) const {
    return {Cause::stale, fmt::format("{}: level {} rejected: the key signs nothing up to level {} already, and this "
                                      "level is never lowered; choose {} or a higher one",
                                      subject(), level, highest, highest)};
}

Failure OpenKey::storage(const std::string& name, const std::error_code& error) const {
    auto failure = storage_failure(disk_, name, error);
    failure.text = subject() + ": " + failure.text;
    return failure;
}

}  // namespace revenant::gadget::keystore
