// Checks that the decoder's buffers are wiped when freed. This program's operator delete inspects each freed block.
#include <algorithm>
#include <cstdlib>
#include <new>
#include <string_view>

#include <gtest/gtest.h>
#include <malloc.h>
#include <sodium.h>

#include "common/wire/frame.hpp"
#include "common/wire/message.hpp"

namespace revenant {
namespace {

constexpr std::string_view passphrase = "correct horse battery staple";

/// Statistics of the freed blocks.
struct FreedBlocks {
    bool watching = false;
    int with_passphrase = 0;
    int blocks = 0;
} freed;

void look_at(void* block) {
    const auto size = ::malloc_usable_size(block);
    const std::string_view content{static_cast<const char*>(block), size};
    if (freed.watching) {
        ++freed.blocks;
        freed.with_passphrase += content.find(passphrase.substr(4, 20)) != std::string_view::npos ? 1 : 0;
    }
    sodium_memzero(block, size);  // so that the block's next owner is not blamed for old content
}

}  // namespace
}  // namespace revenant

// Not inlined, since GCC would report malloc() and free() as a mismatch with new and delete.
[[gnu::noinline]] void operator delete(void* block) noexcept {
    if (block != nullptr)
        revenant::look_at(block);
    std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t /*size*/) noexcept {
    ::operator delete(block);
}
[[gnu::noinline]] void* operator new(std::size_t size) {
    if (void* const block = std::malloc(size))
        return block;
    throw std::bad_alloc{};
}
// GoogleTest sorts with it: what this operator delete frees must come from malloc().
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
    return std::malloc(size);
}

namespace revenant {
namespace {

Bytes unlock_request() {
    UnlockRequest unlock;
    unlock.key_ids = {"baker"};
    std::string copy{passphrase};
    unlock.passphrase = Secret{{reinterpret_cast<std::uint8_t*>(copy.data()), copy.size()}};
    return encode(Request{std::move(unlock)});
}

class wiped_memory : public ::testing::Test {
protected:
    wiped_memory() {
        EXPECT_GE(sodium_init(), 0);
        freed = {};
        freed.watching = true;
    }
    ~wiped_memory() override { freed.watching = false; }
};

TEST_F(wiped_memory, unwiped_memory_is_detected) {
    { const std::string careless{passphrase}; }
    EXPECT_EQ(freed.with_passphrase, 1);
}

TEST_F(wiped_memory, reset_wipes_partial_frame) {
    {
        const auto bytes = encode(FrameType::request, random_id(), unlock_request());
        FrameDecoder decoder;
        for (const auto byte : ByteView{bytes}.first(bytes.size() - 1))
            decoder.feed({&byte, 1}, [](const Frame&) { ADD_FAILURE(); });
        const int before = freed.blocks;
        decoder.reset();
        EXPECT_GT(freed.blocks, before);  // freed now, not when the next frame arrives
    }
    EXPECT_GT(freed.blocks, 0);
    EXPECT_EQ(freed.with_passphrase, 0);
}

TEST_F(wiped_memory, passphrase_exists_in_guarded_memory_only) {
    {
        const auto bytes = encode(FrameType::request, random_id(), unlock_request());
        FrameDecoder decoder;
        std::optional<Request> request;
        decoder.feed(bytes, [&](const Frame& frame) { request = decode_request(frame.payload); });
        ASSERT_TRUE(request);
        const Secret::Reader plain{std::get<UnlockRequest>(*request).passphrase};
        EXPECT_TRUE(std::equal(plain.bytes().begin(), plain.bytes().end(), passphrase.begin(), passphrase.end()));
    }
    EXPECT_GT(freed.blocks, 0);
    EXPECT_EQ(freed.with_passphrase, 0);
}

}  // namespace
}  // namespace revenant
