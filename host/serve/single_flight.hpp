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

/// A signature in Base58Check, and the serial number of the device that made it.
struct Signed {
    std::string signature;
    std::string device;
};

/// Equal requests that run at the same time share one signature. One thread.
class SingleFlight {
public:
    using Key = std::pair<std::string, Bytes>;  ///< address and message

    explicit SingleFlight(const asio::any_io_executor& executor) : executor_{executor} {}

    /// The result of `make`, or of an equal call that is running. If that one ends with a transient fault at its own
    /// deadline, `make` is called until `until`. Throws Error.
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
    Works works_;  // the callers of an entry read its outcome after it was removed
};

}  // namespace revenant::host::serve
