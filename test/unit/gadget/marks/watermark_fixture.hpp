#pragma once

#include <array>
#include <memory>

#include <gtest/gtest.h>
#include <sodium.h>

#include "gadget/crypto/seal.hpp"
#include "gadget/marks/watermark.hpp"
#include "test/support/gadget/fake_disk.hpp"
#include "test/support/gadget/old_store.hpp"

namespace revenant::gadget::keystore {

/// A watermark in a file of a FakeDisk.
class watermark : public testing::Test {
protected:
    static constexpr ChainId chain{1, 2, 3, 4};
    static constexpr auto name = "marks/tz4-chain";
    static constexpr JumpRules jumps{1000};

    static Hash32 hash_of(int number) {
        Hash32 hash{};
        hash[0] = static_cast<std::uint8_t>(number);
        return hash;
    }

    watermark() : data_key{random_secret(key_size)} {
        EXPECT_FALSE(Watermark::create(disk, name, owner(), jumps.budget, -1));
        open();
    }

    MarksFile::Owner owner() const { return {data_key, "baker", "tz4", chain}; }
    void open() {
        mark.reset();  // first: one writer at a time
        auto page = keeper ? std::make_shared<LivePage>(memory, page_owner()) : nullptr;
        mark = std::make_unique<Watermark>(disk, name, owner(), MarkRules{jumps, reserve_levels}, page, now);
    }
    /// After a power cut: the page is gone too.
    void reboot() {
        memory.fill(0);
        medium.fault = nullptr;
        medium.reboot();
        open();
    }
    /// After the process was killed.
    void restart() {
        medium.fault = nullptr;
        medium.restart();
        open();
    }
    /// After a clean end that the service manager completed.
    void stop() {
        EXPECT_EQ(cause(mark->rest()), std::nullopt);
        reboot();
    }
    static PageOwner page_owner() { return {key_tag("baker", "tz4"), chain}; }

    /// Signs as a caller does. Empty: signed.
    Outcome sign(Kind kind, std::int32_t level, std::int32_t round, int bytes) {
        const Operation operation{kind, chain, level, round};
        auto verdict = mark->ask(operation, hash_of(bytes), now);
        if (auto* failed = std::get_if<Failure>(&verdict))
            return std::move(*failed);
        if (auto* advance = std::get_if<Advance>(&verdict))
            return mark->commit(*advance, now);
        return {};
    }
    Outcome sign(std::int32_t level, int bytes = 1) { return sign(Kind::attestation, level, 0, bytes); }
    bool signs(std::int32_t level, int bytes = 1) { return !sign(level, bytes); }
    static std::optional<Cause> cause(const Outcome& outcome) {
        return outcome ? std::optional{outcome->cause} : std::nullopt;
    }
    /// Number of durable writes of `work`.
    template <typename Work>
    std::size_t writes(Work work) {
        const auto before = medium.events;
        work();
        return medium.events - before;
    }
    /// Makes the next durable operation fail like this; later ones succeed.
    void fail_next(Fault fault) {
        const auto at = medium.events;
        medium.fault = [at, fault](std::size_t event, const std::string&) {
            return event == at ? std::make_unique<Fault>(fault) : nullptr;
        };
    }
    void fail_always(std::errc error) {
        medium.fault = [error](std::size_t, const std::string&) {
            return std::make_unique<Fault>(Fault{Fault::Left::old_bytes, false, std::make_error_code(error)});
        };
    }

    const bool sodium = sodium_init() >= 0;  // before the first secret
    Medium medium;
    FakeDisk disk{medium};
    Secret data_key;
    Uptime now{0};
    std::int64_t reserve_levels = 0;
    bool keeper = false;
    alignas(8) std::array<std::uint8_t, LivePage::size> memory{};
    std::unique_ptr<Watermark> mark;
};

}  // namespace revenant::gadget::keystore
