#include "test/model/reserve/explorer.hpp"

#include <algorithm>

#include "test/model/reserve/visited.hpp"
#include "test/model/reserve/world.hpp"

namespace revenant::model::reserve {
namespace {

struct Step {
    std::uint32_t parent;
    Event event;
};
struct Reached {
    std::uint32_t step;
    State state;
};

class Search {
public:
    Search(const Setting& setting, std::size_t max_states, Violation wanted)
        : setting_{setting},
          events_{candidates(setting.bounds, setting.rules)},
          max_states_{max_states},
          wanted_{wanted} {}

    Found run() {
        const auto first = first_state(setting_.bounds);
        visited_.insert(hash(first));
        steps_.push_back({0, {}});
        std::vector<Reached> layer{{0, first}};
        while (!layer.empty() && !is_over())
            layer = next_layer(layer);
        found_.states = steps_.size();
        found_.is_exhausted = layer.empty() && !is_over();
        return std::move(found_);
    }

private:
    [[nodiscard]] bool is_over() const { return found_.violation != Violation::none || steps_.size() >= max_states_; }

    std::vector<Reached> next_layer(const std::vector<Reached>& layer) {
        std::vector<Reached> next;
        for (const auto& reached : layer)
            for (const auto& event : events_) {
                if (is_over())
                    return next;
                visit(reached, event, next);
            }
        return next;
    }

    void visit(const Reached& from, const Event& event, std::vector<Reached>& next) {
        if (!may_happen(from.state, event))
            return;
        auto state = from.state;
        if (!apply(state, event, setting_))
            return;
        if (wanted_ != Violation::none && state.violation != wanted_)
            state.violation = Violation::none;
        if (!visited_.insert(hash(state)))
            return;
        const auto step = static_cast<std::uint32_t>(steps_.size());
        steps_.push_back({from.step, event});
        if (state.violation != Violation::none) {
            found_.violation = state.violation;
            found_.trace = trace_to(step);
            return;
        }
        next.push_back({step, state});
    }

    [[nodiscard]] std::vector<std::string> trace_to(std::uint32_t step) const {
        std::vector<Event> history;
        for (; step != 0; step = steps_[step].parent)
            history.push_back(steps_[step].event);
        std::reverse(history.begin(), history.end());
        std::vector<std::string> lines;
        auto state = first_state(setting_.bounds);
        for (const auto& event : history) {
            const auto before = state;
            apply(state, event, setting_);
            lines.push_back(describe(event, before, state));
        }
        return lines;
    }

    const Setting& setting_;
    const std::vector<Event> events_;
    const std::size_t max_states_;
    const Violation wanted_;
    Visited visited_;
    std::vector<Step> steps_;  // the first is the beginning
    Found found_;
};

}  // namespace

Found explore(const Setting& setting, std::size_t max_states, Violation wanted) {
    return Search{setting, max_states, wanted}.run();
}

}  // namespace revenant::model::reserve
