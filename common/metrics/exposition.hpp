#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/metrics/histogram.hpp"

namespace revenant {

/// Writes Prometheus's text format (version 0.0.4): families, each with its help, type and samples in one place, in the
/// order in which they were first named. A sample whose family has its labels already is left out, since Prometheus
/// rejects a page that has them twice.
class Exposition {
public:
    using Labels = std::vector<std::pair<std::string, std::string>>;

    void gauge(const std::string& name, const std::string& help, const Labels& labels, double value);
    void counter(const std::string& name, const std::string& help, const Labels& labels, double value);
    void histogram(const std::string& name, const std::string& help, const Labels& labels, const Histogram& values);

    [[nodiscard]] std::string text() const;

private:
    struct Family {
        std::string head, samples;
        std::set<std::string> series;  // the labels that it has
    };
    void sample(const std::string& name, const char* type, const std::string& help, const Labels& labels, double value);
    Family& family(const std::string& name, const char* type, const std::string& help);

    std::vector<std::string> order_;
    std::map<std::string, Family> families_;
};

}  // namespace revenant
