#pragma once

#include <functional>
#include <vector>

#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore {

/// With a reserve of four levels and a keeper of memory.
class ReserveTest : public watermark {
protected:
    void SetUp() override {
        reserve_levels = 4;
        keeper = true;
        open();
    }
    Verdict ask(std::int32_t level, int bytes = 1, Kind kind = Kind::attestation) {
        return mark->ask({kind, chain, level, 0}, hash_of(bytes), now);
    }
    bool is_ready(std::int32_t level, int bytes = 1, Kind kind = Kind::attestation) {
        return std::holds_alternative<Ready>(ask(level, bytes, kind));
    }
    bool needs_write(std::int32_t level, int bytes = 1) { return std::holds_alternative<Advance>(ask(level, bytes)); }
    /// The newest slot on the medium.
    Slot on_card() {
        auto opened = MarksFile::open(disk, name, owner());
        const auto& slots = std::get<MarksFile::Found>(opened).slots;
        return slots[1]->stamp.sequence > slots[0]->stamp.sequence ? *slots[1] : *slots[0];
    }
    /// Calls `work` when the next write has begun and not ended.
    void during_next_write(std::function<void()> work, std::unique_ptr<Fault> (*result)() = nullptr) {
        const auto at = medium.events;
        medium.fault = [=](std::size_t event, const std::string&) -> std::unique_ptr<Fault> {
            if (event == at)
                work();
            return event == at && result != nullptr ? result() : nullptr;
        };
    }
};

}  // namespace revenant::gadget::keystore
