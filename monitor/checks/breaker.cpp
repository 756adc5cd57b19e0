#include "monitor/checks/breaker.hpp"

namespace revenant::monitor {

bool Breaker::admits(Moment now) {
    switch (state_) {
        case State::closed:
            return true;
        case State::open:
            if (now - opened_ < settings_.rest)
                return false;
            state_ = State::half_open;
            return true;
        case State::half_open:
            return false;  // the probe is in flight
    }
    return false;
}

void Breaker::succeeded() {
    state_ = State::closed;
    failures_ = 0;
}

void Breaker::failed(Moment now) {
    ++failures_;
    if (settings_.failures == 0 || (state_ == State::closed && failures_ < settings_.failures))
        return;
    state_ = State::open;
    opened_ = now;
}

const char* name_of(Breaker::State state) {
    switch (state) {
        case Breaker::State::closed:
            return "closed";
        case Breaker::State::open:
            return "open";
        case Breaker::State::half_open:
            return "half-open";
    }
    return "open";
}

}  // namespace revenant::monitor
