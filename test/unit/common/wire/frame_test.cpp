#include "common/wire/frame.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace revenant {
namespace {

const MessageId an_id{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

Bytes bytes_of(std::size_t size, std::uint8_t first = 0) {
    Bytes bytes(size);
    for (auto& byte : bytes)
        byte = first++;
    return bytes;
}

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// Builds the header from the protocol's table, independent of encode().
Bytes header(std::uint8_t type, std::uint32_t size) {
    Bytes bytes{0x56, type};
    bytes.insert(bytes.end(), an_id.begin(), an_id.end());
    for (unsigned shift = 0; shift < 32; shift += 8)
        bytes.push_back(static_cast<std::uint8_t>(size >> shift));
    std::uint8_t parity = 0;
    for (const auto byte : bytes)
        parity = static_cast<std::uint8_t>(parity ^ byte);
    bytes.push_back(parity);
    return bytes;
}

class frame : public ::testing::Test {
protected:
    void feed(ByteView bytes) {
        decoder_.feed(bytes, [this](Frame taken) { frames_.push_back(std::move(taken)); });
    }

    FrameDecoder decoder_{300};
    std::vector<Frame> frames_;
};

TEST_F(frame, encode_matches_protocol_bytes) {
    const auto payload = bytes_of(0x0102);
    EXPECT_EQ(encode(FrameType::request, an_id, payload), header(0x01, 0x0102) + payload);
    EXPECT_EQ(encode(FrameType::response, an_id, {}), header(0x02, 0));
    EXPECT_EQ(encode(FrameType::accept, an_id), header(0x03, 0));
    EXPECT_EQ(encode(FrameType::retry, an_id), header(0x04, 0));
    EXPECT_EQ(encode(FrameType::keep_alive, an_id), header(0x05, 0));
    EXPECT_EQ(to_text(an_id), "0102030405060708090a0b0c0d0e0f10");
    EXPECT_NE(random_id(), random_id());
}

TEST_F(frame, split_stream_is_reassembled) {
    const auto payload = bytes_of(40, 0x50);  // contains the magic byte
    const auto bytes = encode(FrameType::request, an_id, payload) + encode(FrameType::accept, an_id);
    for (std::size_t first = 0; first <= bytes.size(); ++first)
        for (std::size_t second = first; second <= bytes.size(); ++second) {
            frames_.clear();
            feed(ByteView{bytes}.first(first));
            feed(ByteView{bytes}.subspan(first, second - first));
            feed(ByteView{bytes}.subspan(second));
            ASSERT_EQ(frames_.size(), 2U) << first << ' ' << second;
            ASSERT_EQ(frames_[0].type, FrameType::request);
            ASSERT_EQ(frames_[0].id, an_id);
            ASSERT_EQ(frames_[0].payload, payload);
            ASSERT_EQ(frames_[1].type, FrameType::accept);
            ASSERT_FALSE(decoder_.incomplete());
        }
    EXPECT_EQ(decoder_.skipped_bytes(), 0U);
}

TEST_F(frame, joined_frames_keep_order) {
    Bytes all;
    for (std::uint8_t count = 0; count < 50; ++count)
        all = all + encode(FrameType::response, an_id, bytes_of(count, count));
    feed(all);
    ASSERT_EQ(frames_.size(), 50U);
    for (std::uint8_t count = 0; count < 50; ++count)
        EXPECT_EQ(frames_[count].payload, bytes_of(count, count));
}

TEST_F(frame, decoder_resynchronises_after_garbage) {
    const auto good = encode(FrameType::request, an_id, bytes_of(5));
    std::mt19937 random{1};
    for (int round = 0; round < 2000; ++round) {
        Bytes stream(random() % 60);
        for (auto& byte : stream)
            byte = random() % 3 == 0 ? 0x56 : static_cast<std::uint8_t>(random() % 6);  // as like a header as possible
        const auto garbage = stream.size();
        for (int count = 0; count < 15; ++count)  // a header formed by chance may consume up to 300 bytes
            stream = std::move(stream) + good;
        frames_.clear();
        FrameDecoder fresh{300};
        fresh.feed(stream, [this](Frame taken) { frames_.push_back(std::move(taken)); });
        ASSERT_FALSE(frames_.empty());
        ASSERT_EQ(frames_.back().payload, bytes_of(5));
        ASSERT_FALSE(fresh.incomplete());
        if (frames_.size() == 15 && fresh.oversized_frames() == 0) {
            ASSERT_EQ(fresh.skipped_bytes(), garbage);
        }
    }
}

TEST_F(frame, header_bit_error_loses_one_frame) {
    const auto good = encode(FrameType::accept, an_id);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        auto bad = good;
        bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
        frames_.clear();
        FrameDecoder fresh{300};
        fresh.feed(bad + good, [this](Frame taken) { frames_.push_back(std::move(taken)); });
        ASSERT_EQ(frames_.size(), 1U) << bit;
        ASSERT_EQ(frames_[0].id, an_id);
        ASSERT_EQ(fresh.skipped_bytes(), bad.size()) << bit;
    }
}

TEST_F(frame, header_inside_truncated_header_is_found) {
    const auto good = encode(FrameType::retry, an_id);
    for (std::size_t kept = 1; kept < frame_header_size; ++kept) {
        frames_.clear();
        feed(ByteView{good}.first(kept));
        feed(good);
        ASSERT_EQ(frames_.size(), 1U) << kept;
        ASSERT_FALSE(decoder_.incomplete());
    }
}

TEST_F(frame, unknown_types_are_skipped) {
    for (unsigned type = 0; type < 256; ++type) {
        frames_.clear();
        FrameDecoder fresh{300};
        fresh.feed(header(static_cast<std::uint8_t>(type), 0),
                   [this](Frame taken) { frames_.push_back(std::move(taken)); });
        EXPECT_EQ(frames_.size(), type >= 1 && type <= 5 ? 1U : 0U) << type;
    }
}

TEST_F(frame, control_frame_with_payload_is_skipped) {
    for (const auto type : std::array<std::uint8_t, 3>{0x03, 0x04, 0x05}) {
        frames_.clear();
        feed(header(type, 1) + header(0x01, 0));  // otherwise it would consume the next frame's first byte
        ASSERT_EQ(frames_.size(), 1U) << int{type};
        EXPECT_EQ(frames_[0].type, FrameType::request);
    }
}

TEST_F(frame, oversized_frame_drops_header_only) {
    const auto good = encode(FrameType::request, an_id, bytes_of(300));
    for (const std::uint32_t size : {301U, 0x01000000U, 0xFFFFFFFFU}) {
        frames_.clear();
        feed(header(0x01, size));
        EXPECT_FALSE(decoder_.incomplete());
        feed(good);
        ASSERT_EQ(frames_.size(), 1U) << size;
        EXPECT_EQ(frames_[0].payload.size(), 300U);
    }
    EXPECT_EQ(decoder_.oversized_frames(), 3U);
}

TEST_F(frame, incomplete_is_true_within_frame) {
    const auto bytes = encode(FrameType::request, an_id, bytes_of(3));
    EXPECT_FALSE(decoder_.incomplete());
    for (std::size_t at = 0; at + 1 < bytes.size(); ++at) {
        feed(ByteView{bytes}.subspan(at, 1));
        EXPECT_TRUE(decoder_.incomplete()) << at;
    }
    feed(ByteView{bytes}.last(1));
    EXPECT_FALSE(decoder_.incomplete());
    feed(bytes_of(10, 0x60));
    EXPECT_FALSE(decoder_.incomplete());
}

TEST_F(frame, reset_discards_partial_frame) {
    const auto bytes = encode(FrameType::request, an_id, bytes_of(50));
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        frames_.clear();
        feed(ByteView{bytes}.first(cut));
        decoder_.reset();
        EXPECT_FALSE(decoder_.incomplete());
        feed(bytes);
        ASSERT_EQ(frames_.size(), 1U) << cut;
        ASSERT_EQ(frames_[0].payload, bytes_of(50));
    }
}

}  // namespace
}  // namespace revenant
