#include "test/powercut/keeper.hpp"

#include <stdexcept>
#include <variant>

#include <unistd.h>

namespace revenant::powercut {
namespace {

using gadget::keystore::LivePage;
using gadget::keystore::LivePages;

constexpr off_t first_page = 4096;
/// More than the keys times the chains of a history. A page is taken from the front.
constexpr std::size_t used = 16 * LivePage::size;

}  // namespace

Keeper::Keeper(const std::string& kept) {
    auto made = LivePages::create();
    if (const auto* failed = std::get_if<LivePages::Unavailable>(&made))
        throw std::runtime_error{*failed};
    pages_ = std::get<std::unique_ptr<LivePages>>(std::move(made));
    if (!kept.empty() && ::pwrite(pages_->fd(), kept.data(), kept.size(), first_page) != static_cast<ssize_t>(used))
        throw std::runtime_error{"the live pages cannot be written"};
}

std::string Keeper::kept() const {
    std::string bytes(used, 0);
    if (::pread(pages_->fd(), bytes.data(), bytes.size(), first_page) != static_cast<ssize_t>(used))
        throw std::runtime_error{"the live pages cannot be read"};
    return bytes;
}

void add_pages_of(const gadget::keystore::Identity& identity, std::string kept, Fingerprint& sum) {
    const auto tag = gadget::keystore::key_tag(identity.id, identity.address);
    for (std::size_t at = 0; at < kept.size(); at += LivePage::size) {
        const LivePage::Memory page{reinterpret_cast<std::uint8_t*>(kept.data()) + at, LivePage::size};
        if (const auto owner = LivePage::owner_in(page); owner && owner->key == tag)
            sum.add(ByteView{page});
    }
}

}  // namespace revenant::powercut
