#include "common/http/host_names.hpp"

#include <algorithm>
#include <stdexcept>

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

namespace revenant::http {
namespace {

constexpr std::string_view host_letters = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

bool is_address(const std::string& host) {
    boost::system::error_code failed;
    boost::asio::ip::make_address(host, failed);
    return !failed;
}

/// Lower case, without port, brackets and trailing dot.
std::string bare(std::string_view host) {
    const auto end = host.starts_with('[') ? host.find(']') : host.find(':');
    auto name = boost::algorithm::to_lower_copy(std::string{host.substr(0, end)});
    if (name.starts_with('['))
        name.erase(0, 1);
    else if (name.ends_with('.'))
        name.pop_back();
    return name;
}

}  // namespace

HostNames::HostNames(const std::string& names) {
    std::vector<std::string> words;
    boost::algorithm::split(words, names, boost::algorithm::is_any_of(", \t"), boost::algorithm::token_compress_on);
    std::erase(words, "");
    for (auto& name : words) {
        boost::algorithm::to_lower(name);
        if (name.ends_with('.'))
            name.pop_back();
        if (name.empty() || name.find_first_not_of(host_letters) != std::string::npos)
            throw std::invalid_argument{
                fmt::format("'{}' is not a host name: write it as signer.example, without a port", name)};
        names_.push_back(std::move(name));
    }
}

bool HostNames::know(std::string_view host) const {
    if (host.empty())
        return true;
    const auto name = bare(host);
    return is_address(name) || std::find(names_.begin(), names_.end(), name) != names_.end();
}

}  // namespace revenant::http
