#include <gtest/gtest.h>

#include "monitor/web/stream_event.hpp"
#include "monitor/web/viewer_queue.hpp"
#include "test/support/basics/event_reader.hpp"

namespace revenant::monitor {
namespace {

using test::EventReader;

EventPtr event(std::uint64_t sequence, const std::string& key) {
    return std::make_shared<const StreamEvent>(sequence, key, encode_event("e", std::to_string(sequence), key));
}

std::vector<std::uint64_t> sequences(const std::vector<EventPtr>& events) {
    std::vector<std::uint64_t> all;
    for (const auto& each : events)
        all.push_back(each->sequence());
    return all;
}

TEST(event, any_data_survives_encoding) {
    for (const std::string data :
         {"", "x", "{\"a\": 1}", "two\nlines", "a\n\nb", "\n", "ends\n", " leads", "data: x\n\nid: 7"}) {
        EventReader reader;
        const auto read = reader.read(encode_event("state", "b-7", data));
        ASSERT_EQ(read.size(), 1U) << data;
        EXPECT_EQ(read[0].name, "state");
        EXPECT_EQ(read[0].id, "b-7");
        EXPECT_EQ(read[0].data, data);
    }
}

TEST(event, carriage_returns_become_line_ends) {
    EventReader reader;
    const auto read = reader.read(encode_event("state", "1", "a\rb\r\nc\r"));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].data, "a\nb\nc\n");
}

TEST(event, name_and_id_are_cut_at_line_end) {
    EventReader reader;
    const auto read = reader.read(encode_event("one\ndata: forged", "1\nevent: other", "x"));
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].name, "one");
    EXPECT_EQ(read[0].id, "1");
    EXPECT_EQ(read[0].data, "x");
}

TEST(event, split_at_any_byte_decodes_equal) {
    const auto bytes = encode_event("a", "1", "x\ny") + encode_comment("hello") + encode_event("b", "2", "z");
    EventReader whole;
    const auto expected = whole.read(bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        EventReader reader;
        auto read = reader.read(bytes.substr(0, cut));
        for (auto& rest : reader.read(bytes.substr(cut)))
            read.push_back(std::move(rest));
        EXPECT_EQ(read, expected) << cut;
        EXPECT_EQ(reader.comments, std::vector<std::string>{"hello"});
    }
}

TEST(event, chunk_wraps_bytes) {
    const StreamEvent subject{1, "k", std::string(300, 'x')};
    EXPECT_EQ(subject.bytes(), std::string(300, 'x'));
    EXPECT_EQ(subject.chunk(), "12c\r\n" + std::string(300, 'x') + "\r\n");
}

TEST(viewer_queue, keeps_newest_state_per_key_in_order) {
    ViewerQueue queue;
    queue.push(event(1, "a"));
    queue.push(event(2, "b"));
    queue.push(event(3, ""));
    queue.push(event(4, "a"));
    EXPECT_EQ(sequences(queue.take().events), (std::vector<std::uint64_t>{2, 3, 4}));
    EXPECT_EQ(queue.dropped(), 0U);
    EXPECT_TRUE(queue.empty());
}

TEST(viewer_queue, drops_oldest_lines_and_counts_them) {
    ViewerQueue queue;
    queue.push(event(1, "state"));
    for (std::uint64_t sequence = 2; sequence < 2 + ViewerQueue::max_lines + 5; ++sequence)
        queue.push(event(sequence, ""));
    const auto batch = queue.take();
    EXPECT_EQ(batch.lines_dropped, 5U);
    EXPECT_EQ(batch.events.size(), ViewerQueue::max_lines + 1);
    EXPECT_EQ(batch.events.front()->sequence(), 1U);
    EXPECT_EQ(batch.events.at(1)->sequence(), 7U);
    EXPECT_EQ(queue.take().lines_dropped, 0U);
    EXPECT_EQ(queue.dropped(), 5U);
}

TEST(viewer_queue, size_is_bounded) {
    ViewerQueue queue;
    for (std::uint64_t sequence = 1; sequence <= 5000; ++sequence)
        queue.push(event(sequence, sequence % 3 == 0 ? "" : "key" + std::to_string(sequence)));
    EXPECT_LE(queue.size(), ViewerQueue::most + ViewerQueue::max_lines);
    EXPECT_EQ(queue.take().events.back()->sequence(), 5000U);
}

TEST(event_ring, replays_only_without_gap) {
    EventRing ring;
    EXPECT_TRUE(ring.after(0, 0).known);
    for (std::uint64_t sequence = 1; sequence <= 300; ++sequence)
        ring.push(event(sequence, ""));
    EXPECT_EQ(sequences(ring.after(298, 300).events), (std::vector<std::uint64_t>{299, 300}));
    EXPECT_TRUE(ring.after(300, 300).known);
    EXPECT_TRUE(ring.after(300, 300).events.empty());
    EXPECT_EQ(ring.after(44, 300).events.size(), EventRing::most);  // oldest: 45
    EXPECT_FALSE(ring.after(43, 300).known);
    EXPECT_FALSE(ring.after(301, 300).known);  // beyond the newest sequence
}

}  // namespace
}  // namespace revenant::monitor
