#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/wire/message.hpp"
#include "host/failure.hpp"

namespace revenant::host {

/// What a verb has to say: one JSON document for programs, text for people; and how the program ends.
struct Report {
    boost::json::object json{};
    std::string text{};  ///< ends with a newline, or is empty
    Exit exit = Exit::done;
};

/// Rows of text under headings, in aligned columns.
class Table {
public:
    explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
    /// As many cells as there are headings.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

/// A text from the device without control characters: it cannot move a terminal's cursor.
std::string printable(std::string text);

/// `{"code": …, "message": …}`, with the device's own number where there is one.
boost::json::object error_json(const Failure& failure);

/// All that a status says of a key.
boost::json::object key_json(const KeyStatus& key);
/// A table of keys: what each signed last on each chain.
std::string status_text(const std::vector<KeyStatus>& keys);
/// The same and all else that is known of each key, in lines.
std::string full_status_text(const std::vector<KeyStatus>& keys);
const char* lock_text(LockState state);

}  // namespace revenant::host
