#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include <gtest/gtest.h>
#include <sodium.h>

#include "gadget/keystore/store.hpp"
#include "test/support/gadget/fake_disk.hpp"

namespace revenant::gadget::keystore {

inline Secret secret_text(std::string_view text) {
    return Secret{text.size(),
                  [text](std::span<std::uint8_t> into) { std::copy(text.begin(), text.end(), into.begin()); }};
}

template <typename T>
std::optional<Cause> cause(const Expected<T>& result) {
    const auto* failed = std::get_if<Failure>(&result);
    return failed ? std::optional{failed->cause} : std::nullopt;
}
inline std::optional<Cause> cause(const Outcome& outcome) {
    return outcome ? std::optional{outcome->cause} : std::nullopt;
}

/// Returns the value; on failure fails the test and throws with the failure's text.
template <typename T>
T taken(Expected<T> result) {
    if (auto* failed = std::get_if<Failure>(&result))
        throw std::runtime_error{failed->text};
    return std::move(std::get<T>(result));
}

inline StoreSettings cheap_settings() {
    StoreSettings settings;
    settings.kdf = {8192, 1, 1, std::chrono::milliseconds{1500}, {}};
    settings.boot_id = "boot one";
    settings.chains.marks.jumps.budget = 1000;
    return settings;
}

/// A store on a fake card. Keys are tz1 where the curve does not matter: faster to create.
class StoreTest : public testing::Test {
protected:
    static constexpr ChainId chain{1, 2, 3, 4};
    static constexpr ChainId other_chain{5, 6, 7, 8};

    void open() {
        store.reset();  // first: one store at a time
        store = std::make_unique<Store>(std::make_unique<FakeDisk>(medium), settings, now);
    }
    void start(bool deterministic = false) {
        open();
        ASSERT_EQ(cause(store->init(deterministic, right)), std::nullopt);
    }
    Kek kek() { return taken(store->authenticate(right, now)); }
    Identity create(std::string_view id) { return taken(store->create(id, Curve::ed25519, kek())); }
    std::shared_ptr<OpenKey> unlock(std::string_view id) { return taken(store->unlock(id, kek(), now)); }

    /// Signs as the gadget does. Empty: a signature was sent.
    Outcome sign(OpenKey& key, std::int32_t level, std::uint8_t bytes = 1, const ChainId& on = chain) {
        auto added = key.add_chain(on, now);
        if (auto* failed = std::get_if<Failure>(&added))
            return std::move(*failed);
        const Operation operation{Kind::attestation, on, level, 0};
        auto& mark = *std::get<Watermark*>(added);
        auto verdict = mark.ask(operation, Hash32{bytes}, now);
        if (auto* failed = std::get_if<Failure>(&verdict))
            return std::move(*failed);
        if (const auto* advance = std::get_if<Advance>(&verdict))
            return mark.commit(*advance, now);
        return {};
    }

    const bool sodium = sodium_init() >= 0;  // before the first secret
    Medium medium;
    StoreSettings settings = cheap_settings();
    std::chrono::milliseconds now{0};
    Secret right = secret_text("correct horse");
    Secret wrong = secret_text("incorrect horse");
    std::unique_ptr<Store> store;
};

}  // namespace revenant::gadget::keystore
