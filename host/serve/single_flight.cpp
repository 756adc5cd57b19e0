#include "host/serve/single_flight.hpp"

namespace revenant::host::serve {

awaitable<Signed> SingleFlight::run(Key key, Deadline until, std::function<awaitable<Signed>()> make) {
    for (;;) {
        const auto [place, first] = works_.try_emplace(key);
        if (first) {
            place->second = std::make_shared<Work>(executor_);
            co_return co_await make_first(place, std::move(make));
        }
        const auto work = place->second;
        co_await wait(*work, until);
        if (!work->outcome)
            co_return co_await make();  // no time left: make() reports the cause
        if (const auto* made = std::get_if<Signed>(&*work->outcome))
            co_return *made;
        if (const auto& error = std::get<Error>(*work->outcome); !is_transient(error.fault()))
            throw Error{error};
    }
}

awaitable<void> SingleFlight::wait(Work& work, Deadline until) {
    co_await work.done.wait_until([&] { return work.outcome.has_value(); }, until);
}

awaitable<Signed> SingleFlight::make_first(Works::iterator place, std::function<awaitable<Signed>()> make) {
    struct Removal {
        Works& works;
        Works::iterator place;
        ~Removal() {
            auto& work = *place->second;
            if (!work.outcome)  // cancelled
                work.outcome = Error{Fault::busy, "the signer is stopping: ask again"};
            work.done.notify();
            works.erase(place);
        }
    } const removal{works_, place};
    const auto work = place->second;
    try {
        auto made = co_await make();
        work->outcome = made;
        co_return made;
    } catch (const Error& error) {
        work->outcome = error;
        throw;
    }
}

}  // namespace revenant::host::serve
