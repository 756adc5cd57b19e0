#include "test/vm/disturber.hpp"

#include <algorithm>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <poll.h>

#include "test/vm/cable.hpp"

namespace revenant::test {
namespace {

constexpr milliseconds shortest_pause{500}, max_pause{4'000};
constexpr milliseconds shortest_pull{50}, max_pull{4'000};

milliseconds whole(Troubles::Clock::duration duration) {
    return std::chrono::duration_cast<milliseconds>(duration);
}

}  // namespace

void Troubles::add(std::string what, Clock::time_point begin, Clock::time_point end) {
    all_.push_back({std::move(what), begin, end});
}

milliseconds Troubles::max_calm(Clock::time_point begin, Clock::time_point end) const {
    auto longest = Clock::duration::zero();
    auto calm_since = begin;
    for (const auto& trouble : all_) {
        longest = std::max(longest, std::min(trouble.begin, end) - calm_since);
        calm_since = std::max(calm_since, trouble.end);
    }
    return whole(std::max(longest, end - calm_since));
}

std::string Troubles::text() const {
    std::map<std::string, unsigned> kinds;
    for (const auto& trouble : all_)
        ++kinds[trouble.what];
    auto text = fmt::format("{} disturbances:", all_.size());
    for (const auto& [what, count] : kinds)
        text += fmt::format(" {} {},", count, what);
    text.back() = '.';
    return text;
}

std::string Troubles::around(Clock::time_point begin, Clock::time_point end) const {
    std::string text;
    for (const auto& trouble : all_)
        if (trouble.end > begin && trouble.begin < end)
            text += fmt::format("  {} from {} ms to {} ms\n", trouble.what, whole(trouble.begin - begin).count(),
                                whole(trouble.end - begin).count());
    return text;
}

milliseconds Disturber::between(milliseconds least, milliseconds most) {
    return milliseconds{std::uniform_int_distribution{least.count(), most.count()}(random_)};
}

milliseconds Disturber::pause() {
    return between(shortest_pause, max_pause);
}

void Disturber::disturb() {
    const auto kind = random_() % 6;
    if (kind > 1)
        Cable::wait_for_device();  // otherwise there is nothing to unplug
    const auto begin = Troubles::Clock::now();
    auto what = one(static_cast<unsigned>(kind));
    history_.add(std::move(what), begin, Troubles::Clock::now());
}

std::string Disturber::one(unsigned kind) {
    try {
        switch (kind) {
            case 0:
                suite_.kill_and_wait("gadget");
                return "gadget killed";
            case 1:
                suite_.kill_and_wait("registrar");
                return "registrar killed";
            case 2:
                Cable::reset();
                return "bus reset";
            case 3:
                Cable::replug();
                return "function unbound";
            default:
                pull();
                return "cable unplugged";
        }
    } catch (const std::system_error&) {
        return "none (device absent)";  // because of the previous disturbance
    }
}

void Disturber::pull() {
    const auto out = between(shortest_pull, max_pull);
    Cable::authorize(false);
    ::poll(nullptr, 0, static_cast<int>(out.count()));  // duration of the unplugged state
    Cable::authorize(true);
}

}  // namespace revenant::test
