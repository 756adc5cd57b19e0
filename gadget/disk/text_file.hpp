#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

#include "common/core/bytes.hpp"

/// The store's small files are JSON objects whose blobs are hexadecimal: a person can look at one. Nothing in them is
/// secret but what is sealed.
namespace revenant::gadget::keystore {

inline constexpr std::int64_t store_version = 1;

enum class FileFault : std::uint8_t { damaged, unknown_version };

Bytes write_object(const boost::json::object& object);
/// Checks "version" too, which write_object() adds.
std::variant<boost::json::object, FileFault> read_object(ByteView bytes);

boost::json::string hex(ByteView bytes);

/// The members below are nothing when absent or of another type.
std::optional<std::string_view> text_of(const boost::json::object& object, std::string_view name);
std::optional<Bytes> blob_of(const boost::json::object& object, std::string_view name);
std::optional<std::uint64_t> number_of(const boost::json::object& object, std::string_view name);

}  // namespace revenant::gadget::keystore
