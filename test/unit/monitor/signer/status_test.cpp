#include "monitor/signer/status.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "test/support/basics/monitor_status_lines.hpp"

namespace revenant::monitor {
namespace {

using test::full_status_line;

TEST(signer_status, full_status_round_trips) {
    const auto status = read_status(full_status_line);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->pid, 7U);
    EXPECT_EQ(status->requests, 40U);
    EXPECT_EQ(status->in_flight, 1U);
    const auto& device = status->devices->at(0);
    EXPECT_EQ(device.state, "ready");
    EXPECT_EQ(device.revivals, 2U);
    EXPECT_EQ(device.keys->at(0).marks.at("block").level, 1000);
    EXPECT_EQ(device.keys->at(1).last_signed, "");
    EXPECT_EQ(status->latency->counts.size(), 4U);
    EXPECT_EQ(read_status(boost::json::serialize(to_json(*status))), status);
}

TEST(signer_status, any_field_may_be_missing) {
    const auto whole = boost::json::parse(full_status_line).as_object();
    for (const auto& [name, value] : whole) {
        auto part = whole;
        part.erase(name);
        const auto status = read_status(boost::json::serialize(part));
        ASSERT_TRUE(status) << std::string_view{name};
        EXPECT_FALSE(to_json(*status).contains(name));
    }
    EXPECT_TRUE(to_json(*read_status("{}")).empty());
}

TEST(signer_status, wrong_type_is_treated_as_missing) {
    for (const auto* const wrong : {"null", "[]", "{}", "-1", "1.5", "\"x\"", "[1,2]", "{\"a\":[]}", "true", "1e400"}) {
        auto text = std::string{"{"};
        for (const auto* const name : {"pid", "devices", "requests", "signatures", "refusals", "latency", "started"})
            text += (text.size() > 1 ? ",\"" : "\"") + std::string{name} + "\":" + wrong;
        const auto status = read_status(text + "}");
        if (std::string_view{wrong} == "1e400")  // not valid JSON
            continue;
        ASSERT_TRUE(status) << wrong;
        EXPECT_FALSE(status->latency) << wrong;
        EXPECT_FALSE(status->pid) << wrong;
    }
}

TEST(signer_status, non_object_is_rejected) {
    for (const auto* const text : {"", "x", "[]", "7", "{", "{\"a\":\"\xff\"}"})
        EXPECT_FALSE(read_status(text)) << text;
    EXPECT_FALSE(read_status('"' + std::string(max_line, 'x') + '"'));
}

TEST(signer_status, sizes_are_bounded) {
    std::string devices, text(100'000, 'x');
    for (int count = 0; count < 100; ++count)
        devices += (count > 0 ? "," : "") + std::string{R"({"serial":")"} + std::to_string(count) + "\"}";
    const auto many = read_status(R"({"devices":[)" + devices + "]}");
    EXPECT_EQ(many->devices->size(), 16U);
    EXPECT_EQ(read_status(R"({"listening":")" + text + "\"}")->listening.size(), 256U);
    EXPECT_EQ(read_status(R"({"listening":"a\nb\u0007c"})")->listening, "a?b?c");
}

TEST(signer_status, inconsistent_histogram_is_rejected) {
    for (const auto* const wrong : {R"({"bounds":[1,2],"counts":[1,2]})", R"({"bounds":[2,1],"counts":[1,2,3]})",
                                    R"({"bounds":[1,1],"counts":[1,2,3]})", R"({"bounds":["1"],"counts":[1,2]})",
                                    R"({"bounds":[1],"counts":[1,-2]})"})
        EXPECT_FALSE(read_status(std::string{R"({"latency":)"} + wrong + "}")->latency) << wrong;
}

}  // namespace
}  // namespace revenant::monitor
