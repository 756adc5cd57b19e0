#include <algorithm>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "gadget/keystore/derivation_index.hpp"
#include "gadget/keystore/store.hpp"

/// The loading part of Store: reads its files and detects damaged ones.
namespace revenant::gadget::keystore {
namespace {

constexpr std::string_view key_suffix = ".json";

const char* described(FileFault fault) {
    return fault == FileFault::unknown_version ? "has an unknown version: install the program version that wrote it"
                                               : "is damaged: restore it";
}

bool is_absent(const std::error_code& error) {
    return error == std::errc::no_such_file_or_directory;
}

}  // namespace

Store::Store(std::unique_ptr<Disk> disk, StoreSettings settings, Boottime now)
    : settings_{std::move(settings)}, disk_{std::move(disk)} {
    load_master();
    load_keys();
    if (!master_ && !keys_.empty())
        throw std::runtime_error{
            fmt::format("the store '{}' has keys but no '{}': restore that file", disk_->path(""), master_file)};
    if (master_)
        load_throttle(now);  // on failure authenticate() retries and returns the error
}

void Store::load_master() {
    Bytes bytes;
    if (const auto error = disk_->read(master_file, bytes)) {
        if (!is_absent(error))
            throw std::system_error{error, "read '" + disk_->path(master_file) + "'"};
        if (!disk_->read(index_file, bytes))
            damage_.push_back(fmt::format("the initialisation of the store '{}' is incomplete: run 'revenant init'",
                                          disk_->path("")));
        return;
    }
    auto read = Master::from_file(bytes);
    if (const auto* fault = std::get_if<FileFault>(&read))
        throw std::runtime_error{fmt::format("'{}' {}", disk_->path(master_file), described(*fault))};
    master_ = std::move(std::get<Master>(read));
}

void Store::load_keys() {
    std::vector<std::string> names;
    if (const auto error = disk_->list(keys_folder, names))
        throw std::system_error{error, "list '" + disk_->path(keys_folder) + "'"};
    for (const auto& name : names) {
        const auto id = std::string_view{name}.substr(0, name.size() - std::min(name.size(), key_suffix.size()));
        if (!name.ends_with(key_suffix) || normalise_id(id) != std::string{id}) {
            damage_.push_back(fmt::format("'{}/{}' is not a key file: remove it", disk_->path(keys_folder), name));
            continue;
        }
        auto& entry = keys_[std::string{id}];
        auto record = read_record(std::string{id});
        if (auto* failed = std::get_if<Failure>(&record)) {
            entry.damaged = true;
            damage_.push_back(std::move(failed->text));
        } else {
            entry.identity = std::move(std::get<KeyRecord>(record).identity);
        }
    }
}

/// A lost throttle file counts as full: losing it must not allow more guesses.
std::error_code Store::load_throttle(Boottime now) {
    std::error_code error;
    auto file = disk_->open(throttle_file, error);
    if (is_absent(error)) {
        if (error = disk_->replace(throttle_file, Throttle::lost()); !error)
            file = disk_->open(throttle_file, error);
    }
    if (!error)
        throttle_ = std::make_unique<Throttle>(std::move(file), settings_.boot_id, now);
    return error;
}

Expected<KeyRecord> Store::read_record(const std::string& id) const {
    const auto name = key_file(id);
    Bytes bytes;
    if (const auto error = disk_->read(name, bytes))
        return storage_failure(*disk_, name, error);
    auto read = KeyRecord::from_file(bytes);
    if (const auto* fault = std::get_if<FileFault>(&read))
        return Failure{Cause::corrupted,
                       fmt::format("cannot use key '{}', since '{}' {}", id, disk_->path(name), described(*fault))};
    auto& record = std::get<KeyRecord>(read);
    if (record.identity.id != id)
        return damaged(id);
    return std::move(record);
}

Failure Store::damaged(const std::string& id) const {
    return {
        Cause::corrupted,
        fmt::format(
            "cannot open key '{}': '{}' is damaged or belongs to another store; restore that file, or delete the key",
            id, disk_->path(key_file(id)))};
}

}  // namespace revenant::gadget::keystore
