#include "common/metrics/exposition.hpp"

#include <fmt/format.h>

namespace revenant {
namespace {

std::string escaped(const std::string& value) {
    std::string text;
    for (const auto letter : value) {
        if (letter == '\\' || letter == '"')
            text += '\\';
        if (letter == '\n')
            text += "\\n";
        else
            text += letter;
    }
    return text;
}

/// {a="b",c="d"}; empty: nothing.
std::string braced(const Exposition::Labels& labels) {
    std::string text;
    for (const auto& [name, value] : labels)
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "{" : ",", name, escaped(value));
    return text.empty() ? text : text + '}';
}

Exposition::Labels with(Exposition::Labels labels, const std::string& name, const std::string& value) {
    labels.emplace_back(name, value);
    return labels;
}

}  // namespace

Exposition::Family& Exposition::family(const std::string& name, const char* type, const std::string& help) {
    auto& family = families_[name];
    if (family.head.empty()) {
        family.head = fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
        order_.push_back(name);
    }
    return family;
}

void Exposition::sample(const std::string& name, const char* type, const std::string& help, const Labels& labels,
                        double value) {
    auto& into = family(name, type, help);
    const auto series = braced(labels);
    if (into.series.insert(series).second)
        into.samples += fmt::format("{}{} {}\n", name, series, value);
}

void Exposition::gauge(const std::string& name, const std::string& help, const Labels& labels, double value) {
    sample(name, "gauge", help, labels, value);
}

void Exposition::counter(const std::string& name, const std::string& help, const Labels& labels, double value) {
    sample(name, "counter", help, labels, value);
}

void Exposition::histogram(const std::string& name, const std::string& help, const Labels& labels,
                           const Histogram& values) {
    auto& into = family(name, "histogram", help);
    if (!into.series.insert(braced(labels)).second)
        return;
    auto& samples = into.samples;
    std::uint64_t below = 0;
    for (std::size_t at = 0; at < values.bounds.size(); ++at) {
        below += values.counts[at];
        samples += fmt::format("{}_bucket{} {}\n", name,
                               braced(with(labels, "le", fmt::format("{}", values.bounds[at]))), below);
    }
    samples += fmt::format("{}_bucket{} {}\n", name, braced(with(labels, "le", "+Inf")), values.count);
    samples += fmt::format("{}_sum{} {}\n", name, braced(labels), values.sum);
    samples += fmt::format("{}_count{} {}\n", name, braced(labels), values.count);
}

std::string Exposition::text() const {
    std::string text;
    for (const auto& name : order_)
        text += families_.at(name).head + families_.at(name).samples;
    return text;
}

}  // namespace revenant
