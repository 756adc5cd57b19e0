#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gadget/disk/disk.hpp"

namespace revenant::gadget::keystore {

/// Thrown instead of a result on a power cut or a kill: nothing after it is observable.
struct PowerCut {};

/// The effect of a fault on one durable operation.
struct Fault {
    enum class Left { old_bytes, new_bytes, torn, unreadable };  // content on the medium; a name is always old or new
    Left left = Left::old_bytes;
    bool cut = false;  // power cut; else the operation reports `error`
    std::error_code error = std::make_error_code(std::errc::io_error);
    unsigned torn_at = 100;  // number of new bytes written
};

/// A card and the page cache above it. It outlives the disks, each of which stands for one process. Data of a failed
/// write stays in the cache and is read back from it, and no later sync of it fails: as Linux does.
class Medium {
public:
    struct Inode {
        Bytes cached, durable;
        std::set<std::size_t> unreadable, lost;  // pages of 4096 bytes; lost ones are noticed after a reboot
    };
    using Names = std::map<std::string, std::shared_ptr<Inode>>;

    /// Called before each durable operation with its number since the start.
    std::function<std::unique_ptr<Fault>(std::size_t event, const std::string& name)> fault;
    std::size_t events = 0;
    std::vector<std::string> log;  // names in the order of their writes
    std::error_code read_error;    // of every read from an open file
    std::error_code open_error;    // of every open()
    bool dead = false;
    Names cached, durable;

    /// After a power cut: only the medium remains.
    void reboot();
    /// After a kill: the page cache remains.
    void restart() { dead = false; }
    /// For tampering tests.
    Bytes& bytes(const std::string& name) { return cached.at(name)->cached; }
    void flip(const std::string& name, std::size_t at);
};

class FakeDisk : public Disk {
public:
    explicit FakeDisk(Medium& medium) : medium_{medium} {}
    [[nodiscard]] std::string path(const std::string& name) const override { return "/store/" + name; }
    std::error_code list(const std::string& folder, std::vector<std::string>& names) override;
    std::error_code read(const std::string& name, Bytes& into) override;
    std::error_code replace(const std::string& name, ByteView bytes) override;
    std::error_code remove(const std::string& name) override;
    std::unique_ptr<PlacedFile> open(const std::string& name, std::error_code& error) override;

private:
    Medium& medium_;
};

}  // namespace revenant::gadget::keystore
