#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace revenant::test {

/// One parsed event.
struct ReadEvent {
    std::string name{}, id{}, data{};
    friend bool operator==(const ReadEvent&, const ReadEvent&) = default;
};

/// Parses text/event-stream per the HTML standard, from chunks of any size.
class EventReader {
public:
    /// Returns the events completed by these bytes.
    std::vector<ReadEvent> read(std::string_view bytes) {
        std::vector<ReadEvent> events;
        for (const char letter : bytes) {
            if (letter == '\n' && after_return_) {
                after_return_ = false;
                continue;
            }
            after_return_ = letter == '\r';
            if (letter != '\n' && letter != '\r') {
                line_ += letter;
                continue;
            }
            if (auto event = take_line())
                events.push_back(std::move(*event));
            line_.clear();
        }
        return events;
    }

    std::vector<std::string> comments{};
    std::string retry{};

private:
    std::optional<ReadEvent> take_line() {
        if (line_.empty()) {
            auto event = std::move(next_);
            next_ = {};
            if (!has_data_)
                return std::nullopt;
            has_data_ = false;
            event.data.pop_back();
            event.id = last_id_;
            return event;
        }
        const auto colon = std::min(line_.find(':'), line_.size());
        const auto field = line_.substr(0, colon);
        auto value = line_.substr(std::min(colon + 1, line_.size()));
        if (!value.empty() && value.front() == ' ')
            value.erase(0, 1);
        if (field.empty()) {
            comments.push_back(value);
        } else if (field == "data") {
            next_.data += value + '\n';
            has_data_ = true;
        } else if (field == "event") {
            next_.name = value;
        } else if (field == "id" && value.find('\0') == std::string::npos) {
            last_id_ = value;
        } else if (field == "retry") {
            retry = value;
        }
        return std::nullopt;
    }

    std::string line_, last_id_;
    ReadEvent next_{};
    bool after_return_ = false, has_data_ = false;
};

}  // namespace revenant::test
