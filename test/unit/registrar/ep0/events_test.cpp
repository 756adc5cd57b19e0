#include "registrar/ep0/events.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace revenant::registrar {
namespace {

using SetupPacket = Setup;  // GoogleTest has a member named Setup

using Level = Ep0News::Level;
using Kinds = std::vector<std::uint8_t>;
constexpr std::uint8_t bind = FUNCTIONFS_BIND, unbind = FUNCTIONFS_UNBIND, enable = FUNCTIONFS_ENABLE,
                       disable = FUNCTIONFS_DISABLE, setup = FUNCTIONFS_SETUP, suspend = FUNCTIONFS_SUSPEND,
                       resume = FUNCTIONFS_RESUME;

/// One measurement: an action on the bus, and the resulting ep0 events.
struct Row {
    const char* what;
    Kinds events;
    Level level;
    bool unbound = false;
};

const std::vector<Row> measured{
    {"bind and enumerate", {bind, enable, enable}, Level::enable},
    {"bind and enumerate, 6.12", {bind, enable}, Level::enable},
    {"SET_CONFIG(0)", {disable}, Level::disable},
    {"SET_CONFIG(1)", {enable}, Level::enable},
    {"SET_CONFIG(1) again, 6.18", {disable, enable}, Level::enable},
    {"SET_INTERFACE", {enable}, Level::enable},
    {"claim and release", {}, Level::same},
    {"USBDEVFS_RESET", {disable, enable}, Level::enable},
    {"USBDEVFS_RESET, slow reader", {enable}, Level::enable},
    {"authorized 0", {disable}, Level::disable},
    {"autosuspend", {suspend}, Level::disable},
    {"resume", {resume}, Level::enable},
    {"host port removed", {disable}, Level::disable},
    {"soft_connect disconnect", {suspend, disable}, Level::disable},
    {"UDC unbound and bound", {suspend, unbind, bind, enable}, Level::enable, true},
    {"UDC unbound and bound, UNBIND missed", {suspend, bind, enable}, Level::enable},
    {"slow reader: unbind, bind, configure", {suspend, enable}, Level::enable},
    {"slow reader: unconfigured and configured", {enable}, Level::enable},
    {"UDC unbound", {suspend, unbind}, Level::disable, true},
    {"a probe", {setup}, Level::same},
    {"a probe while disabled", {disable, setup}, Level::disable},
    {"a probe after ENABLE", {enable, setup}, Level::enable},
    {"unbound and bound without a host, UNBIND missed", {bind}, Level::disable},
};

TEST(ep0_events, measured_sequences_end_in_expected_level) {
    for (const auto& row : measured) {
        Ep0News news;
        for (const auto kind : row.events)
            news = merged(news, news_of(kind));
        EXPECT_EQ(news, (Ep0News{row.level, row.unbound})) << row.what;
    }
}

TEST(ep0_events, parse_rejects_partial_or_unknown_event) {
    std::vector<std::uint8_t> bytes{0x81, 0x5A, 1, 2, 3, 4, 5, 6, setup, 9, 9, 9};
    const auto event = parse_event(bytes);
    EXPECT_EQ(event.value().kind, setup);
    EXPECT_EQ(event.value().setup, (SetupPacket{0x81, 0x5A, 1, 2, 3, 4, 5, 6}));
    bytes[8] = resume + 1;
    EXPECT_FALSE(parse_event(bytes).has_value());
    bytes[8] = resume;
    EXPECT_TRUE(parse_event(bytes).has_value());
    bytes.pop_back();
    EXPECT_FALSE(parse_event(bytes).has_value());
    EXPECT_FALSE(parse_event({}).has_value());
}

}  // namespace
}  // namespace revenant::registrar
