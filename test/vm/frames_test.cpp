// Frames of every awkward length in both directions, and both channels at once.
#include <numeric>

#include <gtest/gtest.h>

#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

constexpr std::size_t packet = 512, header = 23, limit = std::size_t{1} << 20;

/// A request that is no protobuf message, of a size that makes a frame of `length` bytes.
Bytes frame_of(std::size_t length, std::uint8_t number) {
    MessageId id{};
    id.fill(number);
    return encode(FrameType::request, id, Bytes(length - header, 0xFF));
}

/// Writes a frame as existing companions do: in packets, closed by an empty one.
void write_in_packets(const DeviceNode& node, unsigned endpoint, const Bytes& frame) {
    for (std::size_t at = 0; at < frame.size(); at += packet) {
        std::vector<std::uint8_t> chunk(
            frame.begin() + static_cast<std::ptrdiff_t>(at),
            frame.begin() + static_cast<std::ptrdiff_t>(std::min(at + packet, frame.size())));
        ASSERT_EQ(node.bulk(endpoint, chunk, milliseconds{10'000}), static_cast<int>(chunk.size()));
    }
    std::vector<std::uint8_t> nothing;
    ASSERT_EQ(node.bulk(endpoint, nothing, milliseconds{10'000}), 0);
}

/// Reads until the response with this id has come.
Frame response_to(const DeviceNode& node, unsigned endpoint, const MessageId& id, FrameDecoder& decoder) {
    for (;;) {
        std::vector<std::uint8_t> buffer(16384);
        const int size = node.bulk(endpoint, buffer, milliseconds{20'000});
        if (size < 0)
            throw std::system_error{-size, std::system_category(), "read from the device"};
        std::optional<Frame> found;
        decoder.feed(std::span{buffer}.first(static_cast<std::size_t>(size)), [&](const Frame& frame) {
            if (frame.type == FrameType::response && frame.id == id)
                found = frame;
        });
        if (found)
            return *found;
    }
}

TEST(frames, to_the_device_of_every_awkward_length_arrive_whole) {
    VmBaker device;
    device.baker.management.reset();
    const DeviceNode node;
    node.claim(host::Interface::management);
    const auto in = DeviceNode::endpoint(host::Interface::management, true);
    const auto out = DeviceNode::endpoint(host::Interface::management, false);
    FrameDecoder decoder{limit};
    std::uint8_t number = 0;
    for (const std::size_t length :
         {header, header + 1, packet - 1, packet, packet + 1, 2 * packet - 1, 2 * packet, 2 * packet + 1,
          16 * packet - 1, 16 * packet, 16 * packet + 1, limit / 4, limit / 4 + 1, limit}) {
        const auto frame = frame_of(length, ++number);
        write_in_packets(node, out, frame);
        MessageId id{};
        id.fill(number);
        const auto response = decode_response(response_to(node, in, id, decoder).payload);
        ASSERT_TRUE(response) << length;
        EXPECT_EQ(error_of(*response), length > header ? ErrorCode::not_a_request : ErrorCode::unknown_request);
    }
}

TEST(frames, from_the_device_of_every_length_around_a_packet_are_read_whole) {
    VmBaker device;
    // A refusal repeats the key's id, so that its length moves the frame's by one each.
    for (std::size_t length = 1; length <= 64; ++length) {
        const auto answer = device.baker.management->expect<LockResponse>(
            LockRequest{std::vector<std::string>(5, std::string(length, 'x'))});
        EXPECT_EQ(answer.results.size(), 5U);
    }
}

TEST(channels, carry_an_unlock_and_signatures_at_once) {
    VmBaker device;
    auto unlocked = device.baker.management->ask(UnlockRequest{{"four", "one"}, passphrase()});
    for (std::int32_t level = 1; level < 6; ++level)
        land(device.baker, take_off(device.baker, level));
    EXPECT_TRUE(std::holds_alternative<UnlockResponse>(response_of(std::move(unlocked))));
}

TEST(channels, of_one_device_are_held_by_two_programs) {
    VmBaker device;  // whose baker holds both interfaces
    const auto held = device.suite.host({"sign", "four", "11", "--deadline", "2"});
    EXPECT_NE(held.code, 0);
    device.baker.management.reset();
    auto flight = take_off(device.baker, 1);
    EXPECT_EQ(device.suite.host_json({"list"}).at("keys").as_array().size(), 2U);
    land(device.baker, std::move(flight));
}

}  // namespace
}  // namespace revenant::test
