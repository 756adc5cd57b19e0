#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

namespace revenant::bench {

/// Measured metrics and their bars. A missed bar is not a failure; a metric that could not be measured is.
class Report {
public:
    /// Sets a metric that has a bar. Throws std::logic_error for an unknown one.
    void set(std::string_view figure, double value);
    /// An additional number, such as an input of a metric.
    void detail(const std::string& name, double value) { details_[name] = value; }
    /// A property of the environment.
    void describe(const std::string& name, std::string value) { environment_[name] = std::move(value); }
    /// A failed measurement and its cause.
    void failed(const std::string& what, const std::string& why);

    [[nodiscard]] bool complete() const;
    [[nodiscard]] std::string text() const;
    /// The metrics by key (null: not measured), and "details", "environment", "bars", "missed" and "failures".
    [[nodiscard]] boost::json::object json() const;

private:
    std::map<std::string, double, std::less<>> values_;
    std::map<std::string, double> details_;
    std::map<std::string, std::string> environment_;
    std::vector<std::string> failures_;
};

}  // namespace revenant::bench
