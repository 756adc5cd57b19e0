#include "test/support/basics/vectors.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <boost/json.hpp>
#include <sodium.h>

namespace revenant::test {

boost::json::value vectors(std::string_view file) {
    std::ifstream input{std::filesystem::path{REVENANT_TEST_VECTORS} / file};
    if (!input)
        throw std::runtime_error{"cannot read the test vectors " + std::string{file}};
    const std::string text{std::istreambuf_iterator<char>{input}, {}};
    return boost::json::parse(text);
}

Bytes unhex(std::string_view text) {
    if (text.empty())
        return {};  // an empty vector's data is null, which libsodium rejects
    Bytes bytes(text.size() / 2);
    std::size_t size = 0;
    const bool read =
        sodium_hex2bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &size, nullptr) == 0;
    if (!read || size * 2 != text.size())
        throw std::runtime_error{"not hex: " + std::string{text}};
    return bytes;
}

std::string hex(ByteView bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
    text.pop_back();
    return text;
}

Secret secret_of(std::string_view text) {
    if (sodium_init() < 0)
        throw std::runtime_error{"cannot initialize libsodium"};
    auto bytes = unhex(text);
    return Secret{bytes};
}

std::string hex(const Secret& secret) {
    return hex(Secret::Reader{secret}.bytes());
}

std::string text_of(const boost::json::value& object, std::string_view member) {
    return std::string{object.at(member).as_string()};
}

std::vector<boost::json::value> list_of(const boost::json::value& object, std::string_view member) {
    const auto list = object.at(member).as_array();
    return std::vector<boost::json::value>(list.begin(), list.end());
}

}  // namespace revenant::test
