// Frames of boundary lengths in both directions, and both channels at once.
#include <gtest/gtest.h>

#include "test/vm/raw_channel.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

constexpr std::size_t header = 23, limit = std::size_t{1} << 20;

MessageId id_of(std::uint8_t number) {
    MessageId id{};
    id.fill(number);
    return id;
}

/// A frame of `length` bytes whose request is not valid protobuf.
Bytes frame_of(std::size_t length, std::uint8_t number) {
    return encode(FrameType::request, id_of(number), Bytes(length - header, 0xFF));
}

TEST(frames, to_device_of_boundary_lengths_arrive) {
    VmBaker device;
    device.baker.management.reset();
    RawChannel channel{host::Interface::management};
    std::uint8_t number = 0;
    for (const std::size_t length :
         {header, header + 1, packet - 1, packet, packet + 1, 2 * packet - 1, 2 * packet, 2 * packet + 1,
          16 * packet - 1, 16 * packet, 16 * packet + 1, limit / 4, limit / 4 + 1, limit}) {
        channel.write(frame_of(length, ++number));
        const auto response = decode_response(channel.response_to(id_of(number)));
        ASSERT_TRUE(response) << length;
        EXPECT_EQ(error_of(*response), length > header ? ErrorCode::not_a_request : ErrorCode::unknown_request);
    }
}

TEST(frames, from_device_of_boundary_lengths_arrive) {
    VmBaker device;
    // The response contains each key id, so the id's length controls the frame's length.
    for (std::size_t length = 1; length <= 64; ++length) {
        const auto answer = device.baker.management->expect<LockResponse>(
            LockRequest{std::vector<std::string>(5, std::string(length, 'x'))});
        EXPECT_EQ(answer.results.size(), 5U);
    }
}

TEST(channels, unlock_and_sign_run_concurrently) {
    VmBaker device;
    auto unlocked = device.baker.management->ask(UnlockRequest{{"four", "one"}, passphrase()});
    for (std::int32_t level = 1; level < 6; ++level)
        finish_burst(device.baker, start_burst(device.baker, level));
    EXPECT_TRUE(std::holds_alternative<UnlockResponse>(response_of(std::move(unlocked))));
}

TEST(channels, two_programs_share_one_device) {
    VmBaker device;  // its baker holds both interfaces
    const auto held = device.suite.host({"sign", "four", "11", "--deadline", "2"});
    EXPECT_NE(held.code, 0);
    device.baker.management.reset();
    auto burst = start_burst(device.baker, 1);
    EXPECT_EQ(device.suite.host_json({"list"}).at("keys").as_array().size(), 2U);
    finish_burst(device.baker, std::move(burst));
}

}  // namespace
}  // namespace revenant::test
