#include "test/powercut/life.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "gadget/disk/directory.hpp"

namespace revenant::powercut {
namespace {

using namespace std::chrono_literals;
using keystore::Curve;
using keystore::Failure;

constexpr auto store_path = "/card/store";

Secret copy_of(const Secret& secret) {
    const Secret::Reader bytes{secret};
    return Secret{secret.size(), [&](std::span<std::uint8_t> into) {
                      std::copy(bytes.bytes().begin(), bytes.bytes().end(), into.begin());
                  }};
}

Secret passphrase() {
    constexpr std::string_view text = "correct horse";
    return Secret{text.size(),
                  [=](std::span<std::uint8_t> into) { std::copy(text.begin(), text.end(), into.begin()); }};
}

keystore::StoreSettings settings(const Ledger& ledger) {
    keystore::StoreSettings settings;
    settings.kdf = {8192, 1, 1, 1500ms, [] { return 0ms; }};  // the cheapest
    settings.boot_id = fmt::format("boot {}", ledger.boot);
    return settings;
}

Hash32 other_than(Hash32 hash) {
    hash[31] ^= 0xff;
    return hash;
}

}  // namespace

/// Calls; what a killed process sees is of no account.
template <typename Call>
auto Life::alive(Call call) {
    try {
        auto result = call();
        if (machine_.is_dead())
            throw Killed{};
        return result;
    } catch (const std::exception& error) {
        if (machine_.is_dead())
            throw Killed{};
        throw Violation{error.what()};
    }
}

Life::Life(Machine& machine, Ledger& ledger, Watch watch)
    : machine_{machine}, ledger_{ledger}, watch_{std::move(watch)} {
    ledger_.now += 60s;  // no passphrase is throttled
    if (watch_)
        machine_.on_change = [this] { acknowledged(); };
    store_ = alive([&] {
        return std::make_unique<keystore::Store>(std::make_unique<keystore::Directory>(store_path), settings(ledger_),
                                                 ledger_.now);
    });
    if (ledger_.is_initialised && !store_->info().initialised)
        throw Violation{"the store lost its master"};
    if (ledger_.is_initialised && !store_->damage().empty())
        throw Violation{store_->damage().front()};
}

Life::~Life() {
    machine_.on_change = nullptr;
}

void Life::acknowledged() {
    if (watch_ && !machine_.is_dead())
        watch_({machine_.card(), ledger_, machine_.log().size()});
}

bool Life::is_taken(const std::string& id) const {
    const auto all = store_->identities();
    return std::any_of(all.begin(), all.end(), [&](const auto& identity) { return identity.id == id; });
}

void Life::compare(const std::function<bool(const std::string& id)>& selects) {
    for (const auto& identity : store_->identities())
        if (!ledger_.keys.contains(identity.id))
            learn(identity);
    std::erase_if(ledger_.keys, [&](const auto& key) { return key.second.is_going && !is_taken(key.first); });
    for (const auto& [id, known] : ledger_.keys) {
        if (!is_taken(id))
            throw Violation{fmt::format("key '{}' is lost", id)};
        if (selects(id))
            compare_key(id);
    }
}

void Life::compare_key(const std::string& id) {
    if (!unlock(id))
        throw Violation{fmt::format("key '{}' cannot be unlocked", id)};
    auto& opened = *open_.at(id);
    auto& known = ledger_.keys.at(id);
    if (opened.views().empty() && opened.floor().value_or(-1) < known.floor)
        throw Violation{fmt::format("key '{}': the acknowledged floor {} is lost", id, known.floor)};
    const auto views = opened.views();
    if (views.size() == 1)  // the first chain has the floor
        ledger_.raise(id, views.front().chain, known.floor);
    known.floor = std::max(known.floor, opened.floor().value_or(-1));
    for (const auto& view : views)
        ledger_.compare(id, view);
    const auto chains = known.chains;
    for (const auto& [chain, kinds] : chains)
        for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
            const auto& last = kinds[kind].released;
            const Operation again{static_cast<Kind>(kind), chain, last.level, last.round};
            if (!last.none() && sign(id, again, other_than(last.hash)))
                throw Violation{"signed what was refused"};  // release() throws before
        }
}

void Life::go_on(Random& random) {
    if (open_.empty())
        return;
    const auto& id = std::next(open_.begin(), static_cast<long>(random.pick(open_.size())))->first;
    const auto& known = ledger_.keys.at(id);
    if (known.chains.empty())
        return;
    const auto chain = std::next(known.chains.begin(), static_cast<long>(random.pick(known.chains.size())))->first;
    const auto kind = static_cast<Kind>(random.pick(tezos::kind_count));
    const auto added = alive([&] { return open_.at(id)->add_chain(chain, ledger_.now); });
    if (const auto* failed = std::get_if<Failure>(&added))
        throw Violation{failed->text};
    auto next = std::get<keystore::Watermark*>(added)->view().marks[static_cast<std::size_t>(kind)];
    const bool may_take_round = !next.none() && !keystore::is_bound(next) && random.one_in(2);
    next = may_take_round ? Mark{next.level, next.round + 1} : Mark{next.level + 1, 0};
    Hash32 hash{};
    hash[0] = static_cast<std::uint8_t>(random.pick(256));
    const Operation operation{kind, chain, next.level, next.round};
    if (!sign(id, operation, hash))
        throw Violation{fmt::format("key '{}' refuses level {} round {}", id, next.level, next.round)};
    if (sign(id, operation, other_than(hash)))
        throw Violation{"signed what was refused"};
}

bool Life::authenticate() {
    if (kek_)
        return true;
    ledger_.now += 31s;  // a lost count of attempts counts as full for 30 s
    auto derived = alive([&] { return store_->authenticate(passphrase(), ledger_.now); });
    if (auto* kek = std::get_if<keystore::Kek>(&derived))
        kek_ = std::move(*kek);
    return kek_.has_value();
}

void Life::init(bool deterministic) {
    if (!store_->info().initialised && alive([&] { return store_->init(deterministic, passphrase()); }))
        throw Violation{"the store cannot be initialised"};
    ledger_.is_initialised = true;
    acknowledged();
}

bool Life::create(const std::string& id) {
    if (!authenticate())
        return false;
    auto made = alive([&] { return store_->create(id, Curve::ed25519, *kek_); });
    if (!std::holds_alternative<keystore::Identity>(made))
        return false;
    learn(std::get<keystore::Identity>(made));
    acknowledged();
    return true;
}

void Life::learn(const keystore::Identity& identity) {
    if (ledger_.addresses.contains(identity.address))
        throw Violation{fmt::format("key '{}' has the secret of a removed or another key", identity.id)};
    if (!authenticate())
        throw Violation{"the passphrase is refused"};
    const auto opened = alive([&] { return store_->unlock(identity.id, *kek_, ledger_.now); });
    if (!std::holds_alternative<std::shared_ptr<keystore::OpenKey>>(opened))
        throw Violation{fmt::format("key '{}' cannot be unlocked", identity.id)};
    const auto& data_key = std::get<std::shared_ptr<keystore::OpenKey>>(opened)->data_key();
    ledger_.addresses.insert(identity.address);
    ledger_.keys[identity.id] = {identity, std::make_shared<const Secret>(copy_of(data_key))};
}

bool Life::unlock(const std::string& id) {
    if (open_.contains(id))
        return true;
    const auto& known = ledger_.keys.at(id);
    auto opened = alive([&] { return store_->reopen(id, *known.data_key, ledger_.now); });
    if (std::holds_alternative<Failure>(opened))
        return false;
    open_[id] = std::get<std::shared_ptr<keystore::OpenKey>>(std::move(opened));
    if (open_[id]->identity().address != known.identity.address)
        throw Violation{fmt::format("key '{}' has another address", id)};
    return true;
}

void Life::remove(const std::string& id) {
    if (!authenticate())
        return;
    ledger_.keys.at(id).is_going = true;
    open_.erase(id);
    if (alive([&] { return store_->remove(id, *kek_); }))
        return;  // it may have happened
    ledger_.keys.erase(id);
    acknowledged();
}

bool Life::sign(const std::string& id, const Operation& operation, const Hash32& hash) {
    if (!unlock(id))
        return false;
    ledger_.meet(id, operation.chain);
    auto& opened = *open_.at(id);
    auto added = alive([&] { return opened.add_chain(operation.chain, ledger_.now); });
    if (std::holds_alternative<Failure>(added))
        return false;
    auto& watermark = *std::get<keystore::Watermark*>(added);
    const auto verdict = watermark.ask(operation, hash, ledger_.now);
    if (std::holds_alternative<Failure>(verdict))
        return false;
    ledger_.ask(id, operation.chain, operation.kind, operation.level);
    if (const auto* advance = std::get_if<keystore::Advance>(&verdict))
        if (alive([&] { return watermark.commit(*advance, ledger_.now); }))
            return false;
    ledger_.release(id, operation, hash);
    acknowledged();
    return true;
}

bool Life::set_level(const std::string& id, const std::optional<ChainId>& chain, std::int32_t level) {
    if (!unlock(id))
        return false;
    auto& opened = *open_.at(id);
    auto& known = ledger_.keys.at(id);
    if (!chain)
        known.floor_asked = std::max(known.floor_asked, level);
    else
        for (std::size_t kind = 0; kind < tezos::kind_count; ++kind)
            ledger_.ask(id, *chain, static_cast<Kind>(kind), level);
    if (alive([&] { return opened.set_level(static_cast<std::uint64_t>(level), chain, true, ledger_.now); }))
        return false;
    if (chain)
        ledger_.raise(id, *chain, level);
    else
        known.floor = level;
    acknowledged();
    return true;
}

}  // namespace revenant::powercut
