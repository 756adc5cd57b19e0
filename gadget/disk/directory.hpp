#pragma once

#include <chrono>
#include <filesystem>

#include "common/core/fd.hpp"
#include "gadget/disk/disk.hpp"

namespace revenant::gadget::keystore {

/// The real disk: one directory, held by an exclusive flock for the lifetime of this object, so that two gadgets never
/// sign from one store. Files have mode 0600, directories 0700.
class Directory : public Disk {
public:
    /// Creates the directory (not its parents) if absent. Waits up to `wait` for another owner to release the lock,
    /// then throws std::runtime_error with the directory and the owner's pid; also throws when anything in it belongs
    /// to another user or is open to group or others. Blocks: for start-up only.
    explicit Directory(std::filesystem::path path, std::chrono::milliseconds wait = std::chrono::seconds{5});

    [[nodiscard]] std::string path(const std::string& name) const override;
    std::error_code list(const std::string& folder, std::vector<std::string>& names) override;
    std::error_code read(const std::string& name, Bytes& into) override;
    std::error_code replace(const std::string& name, ByteView bytes) override;
    std::error_code remove(const std::string& name) override;
    std::unique_ptr<PlacedFile> open(const std::string& name, std::error_code& error) override;

private:
    void sync_names() const;

    std::filesystem::path path_;
    UniqueFd directory_;  // carries the flock
};

}  // namespace revenant::gadget::keystore
