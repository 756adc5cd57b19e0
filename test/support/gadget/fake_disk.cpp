#include "test/support/gadget/fake_disk.hpp"

#include <algorithm>

namespace revenant::gadget::keystore {
namespace {

constexpr std::size_t page = 4096;

/// Counts the operation; returns the fault for it, if any.
std::unique_ptr<Fault> begin(Medium& medium, const std::string& name) {
    if (medium.dead)
        throw PowerCut{};
    medium.log.push_back(name);
    const auto event = medium.events++;
    return medium.fault ? medium.fault(event, name) : nullptr;
}

std::error_code end(Medium& medium, const Fault& fault) {
    if (!fault.cut)
        return fault.error;
    medium.dead = true;
    throw PowerCut{};
}

class FakeFile : public PlacedFile {
public:
    FakeFile(Medium& medium, std::string name, std::shared_ptr<Medium::Inode> inode)
        : medium_{medium}, name_{std::move(name)}, inode_{std::move(inode)} {}

    std::error_code read(std::size_t offset, std::span<std::uint8_t> into) override {
        if (medium_.dead)
            throw PowerCut{};
        if (medium_.read_error)
            return medium_.read_error;
        if (inode_->unreadable.contains(offset / page) || offset + into.size() > inode_->cached.size())
            return std::make_error_code(std::errc::io_error);
        std::copy_n(inode_->cached.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
        return {};
    }

    std::error_code write(std::size_t offset, ByteView bytes) override {
        const auto fault = begin(medium_, name_);
        if (inode_->unreadable.contains(offset / page) && bytes.size() < page)
            return std::make_error_code(
                std::errc::io_error);  // the rest of the page cannot be read for a partial write
        inode_->unreadable.erase(offset / page);
        const auto at = static_cast<std::ptrdiff_t>(offset);
        std::copy(bytes.begin(), bytes.end(), inode_->cached.begin() + at);
        auto made = bytes.size();
        if (fault && fault->left == Fault::Left::old_bytes)
            made = 0;
        if (fault && fault->left == Fault::Left::torn)
            made = std::min<std::size_t>(fault->torn_at, bytes.size());
        std::copy_n(bytes.begin(), made, inode_->durable.begin() + at);
        inode_->lost.erase(offset / page);
        if (fault && fault->left == Fault::Left::unreadable)
            inode_->lost.insert(offset / page);
        return fault ? end(medium_, *fault) : std::error_code{};
    }

private:
    Medium& medium_;
    std::string name_;
    std::shared_ptr<Medium::Inode> inode_;
};

bool is_new(const std::unique_ptr<Fault>& fault) {
    return !fault || fault->left == Fault::Left::new_bytes;
}

}  // namespace

void Medium::reboot() {
    dead = false;
    cached = durable;
    for (auto& [name, inode] : cached) {
        inode->cached = inode->durable;
        inode->unreadable.merge(inode->lost);
    }
}

void Medium::flip(const std::string& name, std::size_t at) {
    auto& inode = *cached.at(name);
    inode.cached.at(at) ^= 1;
    inode.durable.at(at) ^= 1;
}

std::error_code FakeDisk::list(const std::string& folder, std::vector<std::string>& names) {
    names.clear();
    const auto prefix = folder + "/";
    for (const auto& [name, inode] : medium_.cached)
        if (name.starts_with(prefix))
            names.push_back(name.substr(prefix.size()));
    return {};
}

std::error_code FakeDisk::read(const std::string& name, Bytes& into) {
    if (medium_.dead)
        throw PowerCut{};
    const auto found = medium_.cached.find(name);
    if (found == medium_.cached.end())
        return std::make_error_code(std::errc::no_such_file_or_directory);
    into = found->second->cached;
    return {};
}

std::error_code FakeDisk::replace(const std::string& name, ByteView bytes) {
    const auto fault = begin(medium_, name);
    auto inode = std::make_shared<Medium::Inode>();
    inode->cached.assign(bytes.begin(), bytes.end());
    inode->durable = inode->cached;
    if (is_new(fault))
        medium_.cached[name] = medium_.durable[name] = inode;
    return fault ? end(medium_, *fault) : std::error_code{};
}

std::error_code FakeDisk::remove(const std::string& name) {
    const auto fault = begin(medium_, name);
    if (!medium_.cached.contains(name))
        return std::make_error_code(std::errc::no_such_file_or_directory);
    if (is_new(fault)) {
        medium_.cached.erase(name);
        medium_.durable.erase(name);
    }
    return fault ? end(medium_, *fault) : std::error_code{};
}

std::unique_ptr<PlacedFile> FakeDisk::open(const std::string& name, std::error_code& error) {
    if (medium_.dead)
        throw PowerCut{};
    if (error = medium_.open_error; error)
        return nullptr;
    const auto found = medium_.cached.find(name);
    error =
        found == medium_.cached.end() ? std::make_error_code(std::errc::no_such_file_or_directory) : std::error_code{};
    return error ? nullptr : std::make_unique<FakeFile>(medium_, name, found->second);
}

}  // namespace revenant::gadget::keystore
