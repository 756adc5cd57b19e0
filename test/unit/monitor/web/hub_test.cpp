#include "monitor/web/hub.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "test/support/basics/event_reader.hpp"

namespace revenant::monitor {
namespace {

class hub : public ::testing::Test {
protected:
    hub() { EXPECT_GE(sodium_init(), 0); }

    std::optional<Hub::Subscription> join(const std::string& last_id = "", const std::string& address = "127.0.0.1") {
        return subject_.join(address + ":1", address, last_id);
    }
    static std::vector<test::ReadEvent> taken(const Hub::Subscription& place) {
        test::EventReader reader;
        std::string bytes;
        for (const auto& event : place.subscriber().queue.take().events)
            bytes += event->bytes();
        return reader.read(bytes);
    }
    std::string id(std::uint64_t sequence) const { return subject_.boot() + '-' + std::to_string(sequence); }

    int snapshots_ = 0;
    Hub subject_{{3, 2}, [this] {
                     ++snapshots_;
                     return boost::json::object{{"all", snapshots_}};
                 }};
};

TEST_F(hub, new_viewer_gets_snapshot_then_changes) {
    subject_.publish_state("signer", "s", {{"n", 1}});
    const auto place = join();
    subject_.publish_state("signer", "s", {{"n", 2}});
    subject_.publish_line("log", {{"n", 3}});
    const auto events = taken(*place);
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[0], (test::ReadEvent{"snapshot", id(1), R"({"all":1})"}));
    EXPECT_EQ(events[1], (test::ReadEvent{"signer", id(2), R"({"n":2})"}));
    EXPECT_EQ(events[2], (test::ReadEvent{"log", id(3), R"({"n":3})"}));
}

TEST_F(hub, known_id_replays_other_id_gets_snapshot) {
    for (int count = 1; count <= 3; ++count)
        subject_.publish_line("log", {{"n", count}});
    const auto known = join(id(1));
    const auto events = taken(*known);
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].id, id(2));
    for (const auto* const strange : {"", "x", "00000000-1", "-", "-1"}) {
        const auto place = join(strange);
        EXPECT_EQ(taken(*place).at(0).name, "snapshot") << strange;
    }
    for (const auto& strange : {id(4), id(1) + "x", subject_.boot() + "-", subject_.boot() + "--1"}) {
        const auto place = join(strange);
        EXPECT_EQ(taken(*place).at(0).name, "snapshot") << strange;
    }
}

TEST_F(hub, viewers_share_event_buffers) {
    const auto one = join(), other = join();
    subject_.publish_line("log", {{"n", 1}});
    const auto first = one->subscriber().queue.take().events, second = other->subscriber().queue.take().events;
    EXPECT_EQ(first.at(0).get(), second.at(0).get());  // the snapshot is shared too
    EXPECT_EQ(first.at(1).get(), second.at(1).get());
    EXPECT_EQ(snapshots_, 1);
}

TEST_F(hub, limits_viewers_in_total_and_per_address) {
    auto first = join(), second = join();
    EXPECT_FALSE(join());  // limit per address: 2
    const auto other = join("", "10.0.0.1");
    EXPECT_TRUE(other);
    EXPECT_FALSE(join("", "10.0.0.2"));  // total limit: 3
    EXPECT_EQ(subject_.refused(), 2U);
    first.reset();
    EXPECT_TRUE(join());
    EXPECT_EQ(subject_.streams(), 2U);  // the last subscription was destroyed at once
}

TEST_F(hub, streams_json_lists_viewers) {
    const auto place = join();
    for (int count = 0; count < 70; ++count)
        subject_.publish_line("log", {{"n", count}});
    const auto streams = subject_.streams_json();
    ASSERT_EQ(streams.size(), 1U);
    EXPECT_EQ(streams[0].at("peer"), "127.0.0.1:1");
    EXPECT_EQ(streams[0].at("dropped"), 70 - ViewerQueue::max_lines);
    EXPECT_EQ(streams[0].at("queued"), ViewerQueue::max_lines + 1);
    EXPECT_EQ(subject_.dropped(), 70 - ViewerQueue::max_lines);
}

TEST_F(hub, each_event_wakes_viewer) {
    const auto place = join();
    int woken = 0;
    place->subscriber().wake = [&woken] { ++woken; };
    subject_.publish_line("log", {});
    subject_.publish_state("x", "x", {});
    EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace revenant::monitor
