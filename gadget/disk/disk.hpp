#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "common/core/bytes.hpp"
#include "gadget/disk/result.hpp"

namespace revenant::gadget::keystore {

/// The folders of a store.
inline constexpr auto keys_folder = "keys";
inline constexpr auto marks_folder = "marks";

/// An open file of fixed size, written in place. One thread at a time.
class PlacedFile {
public:
    PlacedFile() = default;
    PlacedFile(const PlacedFile&) = delete;
    PlacedFile& operator=(const PlacedFile&) = delete;
    virtual ~PlacedFile() = default;

    /// Fills `into` from `offset`; std::errc::io_error when the file ends early.
    virtual std::error_code read(std::size_t offset, std::span<std::uint8_t> into) = 0;
    /// No error: the bytes are on the medium. Error: the medium may hold the old bytes, the new bytes or a mixture, and
    /// the result of read() is meaningless.
    virtual std::error_code write(std::size_t offset, ByteView bytes) = 0;
};

/// The files of a store, by name relative to its directory. Tests simulate power cuts at this interface. Any thread,
/// but each name from one thread at a time.
class Disk {
public:
    Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    virtual ~Disk() = default;

    /// The path of `name`, for messages.
    [[nodiscard]] virtual std::string path(const std::string& name) const = 0;
    /// The names in a folder ("" for the top), sorted, without folders and unfinished temporaries.
    virtual std::error_code list(const std::string& folder, std::vector<std::string>& names) = 0;
    /// Reads the whole file; more than 1 MiB is std::errc::file_too_large.
    virtual std::error_code read(const std::string& name, Bytes& into) = 0;
    /// No error: the file holds exactly these bytes, also after a power cut. After an error or a power cut during the
    /// call: it holds the old bytes (or is still absent) or the new ones, never a mixture.
    virtual std::error_code replace(const std::string& name, ByteView bytes) = 0;
    /// No error, or no_such_file_or_directory: the file is absent, also after a power cut.
    virtual std::error_code remove(const std::string& name) = 0;
    /// Opens for reading and writing in place; on failure sets `error` and returns null. The name is on the medium
    /// then, even if the replace() that created it reported an error.
    virtual std::unique_ptr<PlacedFile> open(const std::string& name, std::error_code& error) = 0;
};

/// The failure message when `name` could not be read or written.
Failure storage_failure(const Disk& disk, const std::string& name, const std::error_code& error);

}  // namespace revenant::gadget::keystore
