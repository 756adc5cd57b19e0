#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "common/async/deadline.hpp"
#include "common/async/event.hpp"
#include "common/core/bytes.hpp"
#include "host/error/error.hpp"

namespace revenant::host::serve {

/// A signature as Octez writes it, and whose it is.
struct Signed {
    std::string signature;
    std::string device;
};

/// The signatures that are being made: who asks for one of them again shares it. One thread.
class SingleFlight {
public:
    using Key = std::pair<std::string, Bytes>;  ///< address and message

    explicit SingleFlight(const asio::any_io_executor& executor) : executor_{executor} {}

    /// What `make` gives, called unless the same is being made; if that ends without a decision (503), since its time
    /// was over, it is tried anew until `until`. Throws Error.
    awaitable<Signed> run(Key key, Deadline until, std::function<awaitable<Signed>()> make);

private:
    struct Work {
        explicit Work(const asio::any_io_executor& executor) : done{executor} {}
        Event done;
        std::optional<std::variant<Signed, Error>> outcome{};
    };
    using Works = std::map<Key, std::shared_ptr<Work>>;
    awaitable<void> wait(Work& work, Deadline until);
    awaitable<Signed> make_first(Works::iterator place, std::function<awaitable<Signed>()> make);

    asio::any_io_executor executor_;
    Works works_;  // those who run a work look at its outcome after its place here is gone
};

}  // namespace revenant::host::serve
