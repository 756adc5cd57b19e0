#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace revenant::bench {

/// What was measured, beside what it should be. A figure that missed its bar is still a figure; only one that could not
/// be measured is a failure.
class Report {
public:
    /// One of the figures that have a bar; std::logic_error for any other.
    void set(std::string_view figure, double value);
    /// A number that figures were computed from.
    void detail(const std::string& name, double value) { details_[name] = value; }
    /// Where and how it was measured.
    void describe(const std::string& name, std::string value) { environment_[name] = std::move(value); }
    /// What could not be measured, and why.
    void failed(const std::string& what, const std::string& why);

    [[nodiscard]] bool complete() const;
    [[nodiscard]] std::string text() const;
    /// The figures by their keys (null: not measured), then "details", "environment", "bars", "missed" and "failures".
    [[nodiscard]] boost::json::object json() const;

private:
    std::map<std::string, double, std::less<>> values_;
    std::map<std::string, double> details_;
    std::map<std::string, std::string> environment_;
    std::vector<std::string> failures_;
};

}  // namespace revenant::bench
