#include "test/powercut/life.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "gadget/disk/directory.hpp"
#include "test/support/gadget/store_fixture.hpp"

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

keystore::StoreSettings settings(const Ledger& ledger, keystore::LivePages* pages) {
    auto settings = keystore::cheap_settings();
    settings.boot_id = fmt::format("boot {}", ledger.boot);
    settings.chains.marks.jumps.budget = 1'000'000;  // no jump is refused
    settings.chains.marks.reserve_levels = ledger.reserve_levels;
    settings.pages = pages;
    return settings;
}

Secret passphrase() {
    return keystore::secret_text("correct horse");
}

}  // namespace

Life::Life(Machine& machine, Ledger& ledger, Watch watch)
    : machine_{machine}, ledger_{ledger}, watch_{std::move(watch)} {
    ledger_.now += 60s;  // no passphrase is throttled
    ledger_.at_rest = false;
    if (ledger_.kept)
        keeper_.emplace(*ledger_.kept);
    machine_.on_death = [this] { keep(); };
    if (watch_)
        machine_.on_change = [this] { acknowledged(); };
    store_ = alive([&] {
        return std::make_unique<keystore::Store>(std::make_unique<keystore::Directory>(store_path),
                                                 settings(ledger_, keeper_ ? keeper_->pages() : nullptr), ledger_.now);
    });
    if (ledger_.is_initialised && !store_->info().initialised)
        throw Violation{"the store lost its master"};
    if (ledger_.is_initialised && !store_->damage().empty())
        throw Violation{store_->damage().front()};
}

Life::~Life() {
    machine_.on_change = nullptr;
    machine_.on_death = nullptr;
    if (!machine_.is_dead())
        keep();
}

void Life::keep() {
    if (keeper_)
        ledger_.kept = keeper_->kept();
}

void Life::acknowledged() {
    if (!watch_ || machine_.is_dead())
        return;
    keep();
    watch_({machine_.card(), ledger_, machine_.log().size()});
}

bool Life::is_taken(const std::string& id) const {
    const auto all = store_->identities();
    return std::any_of(all.begin(), all.end(), [&](const auto& identity) { return identity.id == id; });
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

/// As the gadget does: the key is closed after its marks are at rest. If that fails, the reserve bounds them.
void Life::lock(const std::string& id) {
    if (const auto found = open_.find(id); found != open_.end()) {
        alive([&] { return found->second->rest(); });
        open_.erase(found);
    }
}

void Life::end() {
    bool all = true;
    for (const auto& [id, known] : ledger_.keys)
        all = all && unlock(id) && !alive([&, &key = *open_.at(id)] { return key.rest(); });
    ledger_.at_rest = all;
    acknowledged();
}

void Life::remove(const std::string& id) {
    if (!authenticate())
        return;
    lock(id);
    ledger_.keys.at(id).is_going = true;
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
    if (watermark.wants_ahead())
        alive([&] { return watermark.write_ahead(); });  // if it fails, the reserve stands
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
