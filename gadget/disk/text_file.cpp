#include "gadget/disk/text_file.hpp"

#include <exception>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sodium.h>

namespace revenant::gadget::keystore {
namespace json = boost::json;

Bytes write_object(const json::object& object) {
    json::object whole{{"version", store_version}};
    for (const auto& member : object)
        whole[member.key()] = member.value();
    const auto text = json::serialize(whole) + "\n";
    return {text.begin(), text.end()};
}

std::variant<json::object, FileFault> read_object(ByteView bytes) {
    boost::system::error_code error;
    const auto value = json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, error);
    if (error || !value.is_object())
        return FileFault::damaged;
    const auto version = number_of(value.get_object(), "version");
    if (!version)
        return FileFault::damaged;
    if (*version != store_version)
        return FileFault::unknown_version;
    return value.get_object();
}

json::string hex(ByteView bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    return json::string{text.data(), bytes.size() * 2};
}

std::optional<std::string_view> text_of(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (!member || !member->is_string())
        return {};
    const auto& text = member->get_string();
    return std::string_view{text.data(), text.size()};
}

std::optional<Bytes> blob_of(const json::object& object, std::string_view name) {
    const auto text = text_of(object, name);
    if (!text || text->size() % 2 != 0)
        return {};
    if (text->empty())
        return Bytes{};  // libsodium requires a valid output pointer
    Bytes bytes(text->size() / 2);
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_hex2bin(bytes.data(), bytes.size(), text->data(), text->size(), nullptr, &size, &end) != 0 ||
        end != text->data() + text->size())
        return {};
    return bytes;
}

std::optional<std::uint64_t> number_of(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (!member || !(member->is_int64() || member->is_uint64()))
        return {};
    boost::system::error_code error;
    const auto number = member->to_number<std::uint64_t>(error);
    return error ? std::nullopt : std::optional{number};
}

}  // namespace revenant::gadget::keystore
