#include "gadget/keystore/store.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include <fmt/format.h>

#include "common/tezos/text.hpp"
#include "gadget/crypto/derivation.hpp"
#include "gadget/crypto/seal.hpp"
#include "gadget/keystore/derivation_index.hpp"

namespace revenant::gadget::keystore {
namespace {

Failure unknown_key(std::string_view id) {
    return {Cause::not_found,
            fmt::format("key '{}' is not in the store: run 'revenant status' to list the keys", id.substr(0, 64))};
}

Failure no_memory(std::size_t size) {
    return {Cause::storage,
            fmt::format(
                "cannot check the passphrase: {} KiB of memory are not available; stop other programs on the device",
                size >> 10)};
}

Expected<Secret> derive_kek(const Master& master, const Secret& passphrase) {
    try {
        return master.derive(passphrase);
    } catch (const std::bad_alloc&) {
        return no_memory(master.cost.memory);
    }
}

}  // namespace

Store::Info Store::info() const {
    const std::scoped_lock hold{table_};
    return {master_.has_value(), master_ && master_->deterministic};
}

std::vector<Identity> Store::identities() const {
    const std::scoped_lock hold{table_};
    std::vector<Identity> identities;
    for (const auto& [id, entry] : keys_)
        if (!entry.damaged)
            identities.push_back(entry.identity);
    return identities;
}

Outcome Store::init(bool deterministic, const Secret& passphrase) {
    if (master_)
        return Failure{
            Cause::already_initialised,
            fmt::format("the store '{}' is already initialised: to discard its keys, delete its directory first",
                        disk_->path(""))};
    if (passphrase.empty())
        return Failure{Cause::wrong_passphrase, "the passphrase is empty: choose one"};
    Master master;
    try {
        master = Master::make(deterministic, choose_cost(settings_.kdf));
    } catch (const std::bad_alloc&) {
        return no_memory(settings_.kdf.memory);
    }
    auto derived = derive_kek(master, passphrase);
    if (auto* failed = std::get_if<Failure>(&derived))
        return std::move(*failed);
    const auto& kek = std::get<Secret>(derived);
    master.seal_under(kek);
    // The master last: a store without it counts as uninitialised, and init() can run again.
    if (const auto error = disk_->replace(throttle_file, Throttle::fresh()))
        return storage_failure(*disk_, throttle_file, error);
    if (const auto error = start_index(*disk_, kek))
        return storage_failure(*disk_, index_file, error);
    if (const auto error = disk_->replace(master_file, master.to_file()))
        return storage_failure(*disk_, master_file, error);
    load_throttle(Boottime{0});
    const std::scoped_lock hold{table_};
    master_ = std::move(master);
    return {};
}

Expected<Kek> Store::authenticate(const Secret& passphrase, Boottime now) {
    if (!master_)
        return Failure{Cause::not_initialised, "the store is not initialised: run 'revenant init'"};
    if (!throttle_)
        if (const auto error = load_throttle(now))
            return storage_failure(*disk_, throttle_file, error);
    if (const auto wait = throttle_->wait(now); wait > Boottime{0})
        return Failure{Cause::throttled,
                       fmt::format("too many wrong passphrases: try again in {} s", (wait.count() + 999) / 1000)};
    // Counted before the check: an attacker who cuts the power to undo the count has not received the answer yet.
    if (const auto error = throttle_->count(now))
        return storage_failure(*disk_, throttle_file, error);
    auto derived = derive_kek(*master_, passphrase);
    if (auto* failed = std::get_if<Failure>(&derived))
        return std::move(*failed);
    auto& kek = std::get<Secret>(derived);
    if (!master_->accepts(kek))
        return Failure{Cause::wrong_passphrase, "the passphrase is wrong: check it and try again"};
    // If the count cannot be cleared, the only effect is a wait after the next restart; this passphrase was right.
    throttle_->clear();
    return Kek{std::move(kek)};
}

Expected<Identity> Store::create(std::string_view id, Curve curve, const Kek& kek) {
    const auto chosen = id.empty() ? free_id() : normalise_id(id);
    if (!chosen)
        return Failure{Cause::bad_id,
                       fmt::format("'{}' is not a key id: use 1 to 64 of a-z, 0-9, - and _", id.substr(0, 64))};
    if (keys_.contains(*chosen))
        return Failure{Cause::exists, fmt::format("key '{}' exists already: choose another id", *chosen)};
    if (keys_.size() >= max_keys)
        return Failure{Cause::full, fmt::format("the store is full ({} keys): delete a key first", max_keys)};
    auto made = new_signing_key(curve, kek);
    if (auto* failed = std::get_if<Failure>(&made))
        return std::move(*failed);
    const auto& key = std::get<SigningKey>(made);

    const auto proof = key.prove_possession();
    const auto data_key = random_secret(key_size);
    KeyRecord record;
    record.identity = {*chosen, curve, key.address(), tezos::public_key_text(curve, key.public_key()),
                       proof.empty() ? std::string{} : tezos::signature_text(curve, proof)};
    record.seal_data_key(kek.secret(), data_key);
    record.seal_secret(data_key, key.secret());
    record.seal_chains(data_key, {});
    const auto name = key_file(*chosen);
    if (const auto error = disk_->replace(name, record.to_file())) {
        disk_->remove(name);  // the key was not reported to the caller; if this fails too, it is listed after a restart
        return storage_failure(*disk_, name, error);
    }
    const std::scoped_lock hold{table_};
    keys_[*chosen].identity = record.identity;
    return record.identity;
}

Expected<std::shared_ptr<OpenKey>> Store::unlock(std::string_view id, const Kek& kek, Uptime now) {
    const auto known = known_id(id);
    if (!known)
        return unknown_key(id);
    auto record = read_record(*known);
    if (auto* failed = std::get_if<Failure>(&record))
        return std::move(*failed);
    const auto data_key = std::get<KeyRecord>(record).open_data_key(kek.secret());
    if (data_key.empty())
        return damaged(*known);
    return open(keys_.at(*known), std::get<KeyRecord>(record), data_key, now);
}

Expected<std::shared_ptr<OpenKey>> Store::reopen(std::string_view id, const Secret& data_key, Uptime now) {
    const auto known = known_id(id);
    if (!known)
        return unknown_key(id);
    auto record = read_record(*known);
    if (auto* failed = std::get_if<Failure>(&record))
        return std::move(*failed);
    return open(keys_.at(*known), std::get<KeyRecord>(record), data_key, now);
}

Outcome Store::remove(std::string_view id, const Kek&) {
    const auto known = known_id(id);
    if (!known)
        return unknown_key(id);
    auto& entry = keys_.at(*known);
    const auto open = entry.open.lock();
    if (open)
        open->retire();
    // The key first, the marks last: a power cut in between leaves marks without a key, never a key without its marks.
    const auto name = key_file(*known);
    if (const auto error = disk_->remove(name); error && error != std::errc::no_such_file_or_directory)
        return storage_failure(*disk_, name, error);
    // P6: the pages after the key file, so that a key that is still there finds them.
    if (open)
        open->discard_pages();
    if (settings_.pages != nullptr)
        settings_.pages->erase(key_tag(entry.identity.id, entry.identity.address));
    const auto prefix = entry.identity.address + "-";
    std::vector<std::string> marks;
    if (!entry.damaged && !disk_->list(marks_folder, marks))
        for (const auto& file : marks)
            if (file.starts_with(prefix))
                disk_->remove(fmt::format("{}/{}", marks_folder, file));  // a leftover file belongs to a deleted key
    const std::scoped_lock hold{table_};
    keys_.erase(*known);
    return {};
}

std::optional<std::string> Store::known_id(std::string_view id) const {
    auto normal = normalise_id(id);
    return normal && keys_.contains(*normal) ? normal : std::nullopt;
}

std::string Store::free_id() const {
    for (unsigned number = 1;; ++number)  // terminates: there are at most max_keys
        if (auto id = fmt::format("key{}", number); !keys_.contains(id))
            return id;
}

Expected<SigningKey> Store::new_signing_key(Curve curve, const Kek& kek) {
    if (!master_->deterministic)
        return SigningKey::random(curve);
    const auto seed = master_->seed(kek.secret());
    if (seed.empty())
        return Failure{Cause::corrupted,
                       fmt::format("the seed in '{}' is damaged: restore that file", disk_->path(master_file))};
    const auto index = spend_index(*disk_, kek.secret());
    if (const auto* failed = std::get_if<Failure>(&index))
        return *failed;
    return derive(seed, curve, std::get<std::uint32_t>(index));
}

Expected<std::shared_ptr<OpenKey>> Store::open(Entry& entry, const KeyRecord& record, const Secret& data_key,
                                               Uptime now) {
    const auto& identity = record.identity;
    auto secret = record.open_secret(data_key);
    auto list = record.open_chains(data_key);
    if (secret.empty() || !list)
        return damaged(identity.id);
    if (auto held = entry.open.lock())
        return held;  // a second object would write the same marks file
    try {
        SigningKey key{identity.curve, std::move(secret)};
        if (key.address() != identity.address ||
            tezos::public_key_text(identity.curve, key.public_key()) != identity.public_key)
            return damaged(identity.id);
        const Secret::Reader bytes{data_key};
        Secret copy{data_key.size(), [&](std::span<std::uint8_t> into) {
                        std::copy(bytes.bytes().begin(), bytes.bytes().end(), into.begin());
                    }};
        auto opened = std::make_shared<OpenKey>(*disk_, settings_.chains, settings_.pages, record, std::move(copy),
                                                std::move(key), std::move(*list), now);
        entry.open = opened;
        return opened;
    } catch (const std::invalid_argument&) {  // not a scalar
        return damaged(identity.id);
    } catch (const std::system_error& error) {
        return Failure{Cause::storage,
                       fmt::format("key '{}' cannot be opened ({}): check the card", identity.id, error.what())};
    }
}

}  // namespace revenant::gadget::keystore
