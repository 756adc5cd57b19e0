#include "monitor/mdp/codec.hpp"

#include <gtest/gtest.h>

namespace revenant::monitor::mdp {
namespace {

struct Sample {
    Dialect dialect;
    Role from;
    Message message;
    Frames frames;
};

std::string byte(char value) {
    return {value};
}

/// Every message of every dialect, frame by frame as published.
std::vector<Sample> samples() {
    using enum Role;
    using enum Command;
    const Message asked{request, "sign", "", {"one", "two"}}, told{final, "sign", "", {"200"}},
        more{partial, "sign", "", {"1/2"}}, here{ready, "sign", "", {}}, todo{work, "", "c1", {"one"}},
        part{worker_partial, "", "c1", {"1/2"}}, done{worker_final, "", "c1", {"200"}}, beat{heartbeat, "", "", {}},
        bye{disconnect, "", "", {}};
    return {
        {Dialect::rfc7, client, asked, {"", "MDPC01", "sign", "one", "two"}},
        {Dialect::rfc7, broker, told, {"", "MDPC01", "sign", "200"}},
        {Dialect::rfc7, worker, here, {"", "MDPW01", byte(1), "sign"}},
        {Dialect::rfc7, broker, todo, {"", "MDPW01", byte(2), "c1", "", "one"}},
        {Dialect::rfc7, worker, done, {"", "MDPW01", byte(3), "c1", "", "200"}},
        {Dialect::rfc7, worker, beat, {"", "MDPW01", byte(4)}},
        {Dialect::rfc7, broker, beat, {"", "MDPW01", byte(4)}},
        {Dialect::rfc7, worker, bye, {"", "MDPW01", byte(5)}},
        {Dialect::rfc7, broker, bye, {"", "MDPW01", byte(5)}},
        {Dialect::rfc18, client, asked, {"MDPC02", byte(1), "sign", "one", "two"}},
        {Dialect::rfc18, broker, more, {"MDPC02", byte(2), "sign", "1/2"}},
        {Dialect::rfc18, broker, told, {"MDPC02", byte(3), "sign", "200"}},
        {Dialect::rfc18, worker, here, {"MDPW02", byte(1), "sign"}},
        {Dialect::rfc18, broker, todo, {"MDPW02", byte(2), "c1", "", "one"}},
        {Dialect::rfc18, worker, part, {"MDPW02", byte(3), "c1", "", "1/2"}},
        {Dialect::rfc18, worker, done, {"MDPW02", byte(4), "c1", "", "200"}},
        {Dialect::rfc18, worker, beat, {"MDPW02", byte(5)}},
        {Dialect::rfc18, broker, bye, {"MDPW02", byte(6)}},
        {Dialect::plantd, client, asked, {"", "MDPC02", "REQUEST", "sign", "one", "two"}},
        {Dialect::plantd, broker, more, {"MDPC02", "PARTIAL", "sign", "1/2"}},
        {Dialect::plantd, broker, told, {"MDPC02", "FINAL", "sign", "200"}},
        {Dialect::plantd, broker, {final, "sign", "", {}}, {"MDPC02", "FINAL", "sign"}},
        {Dialect::plantd, worker, here, {"", "MDPW02", "READY", "sign"}},
        {Dialect::plantd, broker, todo, {"MDPW02", "REQUEST", "c1", "", "one"}},
        {Dialect::plantd, worker, part, {"", "MDPW02", "PARTIAL", "c1", "1/2"}},
        {Dialect::plantd, worker, done, {"", "MDPW02", "FINAL", "c1", "200"}},
        {Dialect::plantd, worker, beat, {"", "MDPW02", "HEARTBEAT"}},
        {Dialect::plantd, broker, beat, {"MDPW02", "HEARTBEAT"}},
        {Dialect::plantd, worker, bye, {"", "MDPW02", "DISCONNECT"}},
        {Dialect::plantd, broker, bye, {"MDPW02", "DISCONNECT"}},
    };
}

TEST(mdp_codec, published_messages_round_trip) {
    for (const auto& sample : samples()) {
        EXPECT_EQ(encode(sample.dialect, sample.from, sample.message), sample.frames);
        EXPECT_EQ(decode(sample.dialect, sample.from, sample.frames), sample.message);
    }
}

TEST(mdp_codec, truncated_message_is_rejected) {
    for (const auto& sample : samples())
        for (std::size_t size = 0; size < sample.frames.size(); ++size) {
            const Frames cut{sample.frames.begin(), sample.frames.begin() + static_cast<std::ptrdiff_t>(size)};
            const auto read = decode(sample.dialect, sample.from, cut);
            EXPECT_FALSE(read && read->command == sample.message.command && read->body == sample.message.body);
        }
}

TEST(mdp_codec, message_from_wrong_role_is_rejected) {
    for (const auto& sample : samples())
        for (const auto from : {Role::client, Role::broker, Role::worker}) {
            const auto both =
                sample.message.command == Command::heartbeat || sample.message.command == Command::disconnect;
            if (from == sample.from || both)
                continue;
            EXPECT_FALSE(encode(sample.dialect, from, sample.message));
            const auto read = decode(sample.dialect, from, sample.frames);
            EXPECT_FALSE(read && read->command == sample.message.command);
        }
}

TEST(mdp_codec, response_of_other_dialect_is_rejected) {
    const Frames rfc18{"MDPC02", byte(3), "sign", "200"};
    EXPECT_TRUE(decode(Dialect::rfc18, Role::broker, rfc18));
    EXPECT_FALSE(decode(Dialect::rfc7, Role::broker, rfc18));
    EXPECT_FALSE(decode(Dialect::plantd, Role::broker, rfc18));
}

TEST(mdp_codec, request_without_service_or_body_fails) {
    for (const auto dialect : {Dialect::rfc7, Dialect::rfc18, Dialect::plantd}) {
        EXPECT_FALSE(encode(dialect, Role::client, {Command::request, "sign", "", {}}));
        EXPECT_FALSE(encode(dialect, Role::client, {Command::request, "", "", {"x"}}));
        EXPECT_FALSE(encode(dialect, Role::client, {Command::request, std::string(max_name + 1, 's'), "", {"x"}}));
    }
}

TEST(mdp_codec, malformed_frames_are_rejected) {
    const Frames one{"x"}, nothing{}, no_body{"MDPC02", byte(3), "sign"}, trailing{"MDPW02", byte(5), "more"};
    Frames many{"MDPC02", byte(3), "sign"};
    many.resize(10'000, "x");
    for (const auto& frames : {one, nothing, no_body, trailing, many})
        for (const auto dialect : {Dialect::rfc7, Dialect::rfc18, Dialect::plantd})
            EXPECT_FALSE(decode(dialect, Role::broker, frames));
}

}  // namespace
}  // namespace revenant::monitor::mdp
