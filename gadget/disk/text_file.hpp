#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "common/core/bytes.hpp"

/// The store's small files are JSON objects with hexadecimal blobs, readable by an operator. Only sealed members
/// contain secrets.
namespace revenant::gadget::keystore {

inline constexpr std::int64_t store_version = 1;

enum class FileFault : std::uint8_t { damaged, unknown_version };

Bytes write_object(const boost::json::object& object);
/// Also checks "version", which write_object() adds.
std::variant<boost::json::object, FileFault> read_object(ByteView bytes);

boost::json::string hex(ByteView bytes);

/// The functions below return nullopt when the member is absent or of another type.
std::optional<std::string_view> text_of(const boost::json::object& object, std::string_view name);
std::optional<Bytes> blob_of(const boost::json::object& object, std::string_view name);
std::optional<std::uint64_t> number_of(const boost::json::object& object, std::string_view name);

}  // namespace revenant::gadget::keystore
