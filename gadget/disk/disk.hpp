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

/// An open file of fixed size that is written in place. One thread at a time.
class PlacedFile {
public:
    PlacedFile() = default;
    PlacedFile(const PlacedFile&) = delete;
    PlacedFile& operator=(const PlacedFile&) = delete;
    virtual ~PlacedFile() = default;

    /// Fills `into` from `offset`; a file that ends before is std::errc::io_error.
    virtual std::error_code read(std::size_t offset, std::span<std::uint8_t> into) = 0;
    /// No error: the bytes are on the medium. An error: the medium may hold the old bytes, the new or a mixture, and
    /// what read() says of it is worth nothing.
    virtual std::error_code write(std::size_t offset, ByteView bytes) = 0;
};

/// The files of a store, by name relative to its directory. The seam at which tests cut the power. Any thread, but one
/// name by one thread at a time.
class Disk {
public:
    Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    virtual ~Disk() = default;

    /// For messages: where `name` is.
    [[nodiscard]] virtual std::string path(const std::string& name) const = 0;
    /// The names in a folder ("" for the top), sorted, without folders and unfinished temporaries.
    virtual std::error_code list(const std::string& folder, std::vector<std::string>& names) = 0;
    /// The whole file; more than 1 MiB is std::errc::file_too_large.
    virtual std::error_code read(const std::string& name, Bytes& into) = 0;
    /// No error: the file holds exactly these bytes, also after a power cut. An error or a power cut on the way: it
    /// holds the old ones (or is absent still) or the new ones, never a mixture.
    virtual std::error_code replace(const std::string& name, ByteView bytes) = 0;
    /// No error: gone, also after a power cut.
    virtual std::error_code remove(const std::string& name) = 0;
    /// Opens for reading and writing in place; sets `error` and returns nothing when it cannot.
    virtual std::unique_ptr<PlacedFile> open(const std::string& name, std::error_code& error) = 0;
};

/// What to tell a person when `name` could not be read or written.
Failure storage_failure(const Disk& disk, const std::string& name, const std::error_code& error);

}  // namespace revenant::gadget::keystore
