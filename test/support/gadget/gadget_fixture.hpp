#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>

#include <gtest/gtest.h>
#include <sodium.h>
#include <spdlog/spdlog.h>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "common/wire/frame.hpp"
#include "gadget/disk/directory.hpp"
#include "gadget/requests/handlers.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/temporary_directory.hpp"

/// A device's store on a real directory whose disk can be made to block or fail, and helpers for host messages.
namespace revenant::test {

using namespace gadget;

inline MessageId id(std::uint8_t number) {
    MessageId id{};
    id.fill(number);
    return id;
}

inline Bytes bytes(std::string_view text) {
    return {text.begin(), text.end()};
}

inline Secret secret(std::string_view text) {
    return Secret{text.size(),
                  [text](std::span<std::uint8_t> into) { std::copy(text.begin(), text.end(), into.begin()); }};
}

/// A gate that can block a worker. Any thread.
class Gate {
public:
    void close() { set(closed_, true); }
    void open() { set(closed_, false); }
    void fail(bool on) { set(failing_, on); }
    [[nodiscard]] unsigned waiting() const { return waiting_; }
    [[nodiscard]] unsigned passed() const { return passed_; }

    std::error_code pass() {
        std::unique_lock hold{lock_};
        ++waiting_;
        changed_.wait(hold, [this] { return !closed_; });
        --waiting_;
        ++passed_;
        return failing_ ? std::make_error_code(std::errc::io_error) : std::error_code{};
    }

private:
    void set(bool& flag, bool value) {
        const std::scoped_lock hold{lock_};
        flag = value;
        changed_.notify_all();
    }

    std::mutex lock_;
    std::condition_variable changed_;
    bool closed_ = false, failing_ = false;
    std::atomic<unsigned> waiting_ = 0, passed_ = 0;
};

/// A real directory with a gate before every durable write.
class GatedDisk : public gadget::keystore::Directory {
public:
    GatedDisk(const std::filesystem::path& path, Gate& gate) : Directory{path}, gate_{gate} {}

    std::error_code replace(const std::string& name, ByteView bytes) override {
        const auto failed = gate_.pass();
        return failed ? failed : Directory::replace(name, bytes);
    }
    std::unique_ptr<gadget::keystore::PlacedFile> open(const std::string& name, std::error_code& error) override {
        auto file = Directory::open(name, error);
        return file ? std::make_unique<File>(std::move(file), gate_) : nullptr;
    }

private:
    struct File : gadget::keystore::PlacedFile {
        File(std::unique_ptr<PlacedFile> behind, Gate& before) : real{std::move(behind)}, gate{before} {}
        std::error_code read(std::size_t offset, std::span<std::uint8_t> into) override {
            return real->read(offset, into);
        }
        std::error_code write(std::size_t offset, ByteView bytes) override {
            const auto failed = gate.pass();
            return failed ? failed : real->write(offset, bytes);
        }
        std::unique_ptr<PlacedFile> real;
        Gate& gate;
    };
    Gate& gate_;
};

/// A payload for an Ed25519 key: `variant` changes the bytes at the same level and round.
inline Bytes attestation(std::uint32_t level, std::uint8_t variant = 0, std::uint8_t chain = 1) {
    Bytes message(80);
    message[0] = 0x13;
    std::fill_n(message.begin() + 1, 4, chain);
    message[37] = 0x15;
    for (unsigned byte = 0; byte < 4; ++byte)
        message[40 + byte] = static_cast<std::uint8_t>(level >> (24 - 8 * byte));
    message[79] = variant;
    return message;
}

class Device : public testing::Test {
protected:
    static constexpr std::string_view passphrase = "correct horse";

    Device() {
        spdlog::set_level(spdlog::level::off);
        store_settings.kdf = {8192, 1, 1, std::chrono::milliseconds{1500}, {}};
        store_settings.boot_id = "boot one";
        store_settings.chains.marks.jumps.budget = 1000;
        open_store();
    }
    ~Device() override { gate.open(); }

    /// A store with the present settings; no key of the one before may be in use.
    void open_store() {
        store.reset();
        store = std::make_unique<gadget::keystore::Store>(std::make_unique<GatedDisk>(directory.path() / "store", gate),
                                                          store_settings, gadget::keystore::boottime_now());
    }
    /// Lets the keys that are unlocked from now on have a reserve.
    void reserve(std::int64_t levels) {
        store_settings.chains.marks.reserve_levels = levels;
        open_store();
    }
    gadget::keystore::Kek kek() {
        return std::get<gadget::keystore::Kek>(
            store->authenticate(secret(passphrase), gadget::keystore::boottime_now()));
    }
    void init() { ASSERT_FALSE(store->init(false, secret(passphrase))); }
    gadget::keystore::Identity create(std::string_view name) {
        return std::get<gadget::keystore::Identity>(store->create(name, gadget::keystore::Curve::ed25519, kek()));
    }
    gadget::keystore::Identity create_unlocked(std::string_view name) {
        auto identity = create(name);
        unlock(name);
        return identity;
    }
    void unlock(std::string_view name) {
        keys.add(std::get<KeyRing::Key>(store->unlock(name, kek(), gadget::keystore::uptime_now())));
    }

    /// In memory if possible: a test's store need not survive a power cut.
    static bool avoid_the_disk() {
        return std::filesystem::is_directory("/dev/shm") && ::setenv("TMPDIR", "/dev/shm", 0) == 0;
    }

    const bool sodium = sodium_init() >= 0;
    const bool in_memory = avoid_the_disk();
    TemporaryDirectory directory;
    Gate gate;
    gadget::keystore::StoreSettings store_settings;
    std::unique_ptr<gadget::keystore::Store> store;
    KeyRing keys{nullptr};
    LogTail log;
};

inline SignRequest sign_request(const gadget::keystore::Identity& key, Bytes message) {
    SignRequest request;
    request.address = key.address;
    request.message = std::move(message);
    return request;
}

/// The error's code, or 0 when there is none.
inline std::uint32_t code(const Response& response) {
    const auto* error = std::get_if<ErrorResponse>(&response);
    return error != nullptr ? static_cast<std::uint32_t>(error->code) : 0;
}

inline bool is_signature(const Response& response, const gadget::keystore::Identity& key, ByteView message) {
    const auto* signature = std::get_if<SignResponse>(&response);
    const auto public_key = tezos::parse_public_key(key.public_key);
    return signature != nullptr && public_key &&
           tezos::verify(key.curve, public_key->bytes, message, signature->signature);
}

}  // namespace revenant::test
