#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "test/powercut/keeper.hpp"
#include "test/powercut/ledger.hpp"
#include "test/powercut/machine.hpp"
#include "test/powercut/random.hpp"

namespace revenant::powercut {

/// Thrown in place of a result when the machine was killed in the call.
struct Killed {};

/// What is known at one moment: the state of the card, and what has left the device.
struct Moment {
    Card card;
    Ledger ledger;
    std::size_t logged = 0;  // lines of the machine's log
};

/// A store on a machine, from its opening until it ends: the public interface of Store, as the gadget uses it. Keeps
/// the ledger, and compares each answer with it. Every function may throw Violation or Killed.
class Life {
public:
    /// `watch`: called at each moment that a power cut can choose.
    using Watch = std::function<void(Moment)>;
    Life(Machine& machine, Ledger& ledger, Watch watch = {});
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    /// Shows the list of keys, of which none may be missing later. Opens those that `selects` selects, compares all of
    /// their marks, and asks for what would conflict with the last signatures.
    void compare(const std::function<bool(const std::string& id)>& selects);
    /// Signs the next level or round with one of the keys that are open, which must succeed.
    void go_on(Random& random);

    void init(bool deterministic);
    /// The next functions return false when the device refuses, or when a sync fails.
    bool create(const std::string& id);
    bool unlock(const std::string& id);
    void lock(const std::string& id);
    /// A clean end: nothing is signed any more, and all marks are written at rest.
    void end();
    void remove(const std::string& id);
    bool sign(const std::string& id, const Operation& operation, const Hash32& hash);
    bool set_level(const std::string& id, const std::optional<ChainId>& chain, std::int32_t level);
    [[nodiscard]] bool is_taken(const std::string& id) const;

private:
    template <typename Call>
    auto alive(Call call);
    void acknowledged();
    void keep();
    void compare_key(const std::string& id);
    void learn(const keystore::Identity& identity);
    bool authenticate();

    Machine& machine_;
    Ledger& ledger_;
    const Watch watch_;
    std::optional<Keeper> keeper_;
    std::unique_ptr<keystore::Store> store_;
    std::optional<keystore::Kek> kek_;
    std::map<std::string, std::shared_ptr<keystore::OpenKey>> open_;  // the unlocked keys
};

/// Calls; what a killed process sees is of no account.
template <typename Call>
auto Life::alive(Call call) {
    try {
        auto result = call();
        if (machine_.is_dead())
            throw Killed{};
        return result;
    } catch (const std::exception& error) {
        if (machine_.is_dead())
            throw Killed{};
        throw Violation{error.what()};
    }
}

}  // namespace revenant::powercut
