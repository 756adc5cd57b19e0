// Names follow Prometheus' conventions: base units (seconds, bytes), _total on what only grows; the process_ names are
// those that its own client libraries use.
#include <fstream>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "common/core/version.hpp"
#include "common/net/status_socket.hpp"
#include "host/serve/report.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::serve {
namespace {

using Labels = std::vector<std::pair<const char*, std::string>>;

/// A label's value as the format wants it.
std::string escaped(const std::string& value) {
    std::string text;
    for (const char letter : printable(value)) {
        if (letter == '\\' || letter == '"')
            text += '\\';
        text += letter;
    }
    return text;
}

/// The text so far, family by family. A sample whose labels the family has already is left out, since Prometheus
/// rejects a page that has them twice.
class Page {
public:
    void family(const char* name, const char* type, const char* help) {
        name_ = name;
        series_.clear();
        text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    }
    void sample(double value, const Labels& labels = {}, const char* suffix = "") {
        auto series = name_ + suffix;
        for (std::size_t at = 0; at < labels.size(); ++at)
            series += fmt::format("{}{}=\"{}\"", at == 0 ? "{" : ",", labels[at].first, escaped(labels[at].second));
        series += labels.empty() ? "" : "}";
        if (series_.insert(series).second)
            text_ += fmt::format("{} {}\n", series, value);
    }
    [[nodiscard]] std::string text() && { return std::move(text_); }

private:
    std::string text_, name_;
    std::set<std::string> series_;  // of this family, so far
};

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

void add_requests(Page& page, const Figures& figures) {
    page.family("revenant_http_requests_in_flight", "gauge", "Requests that are not answered yet.");
    page.sample(number(figures.in_flight));
    page.family("revenant_http_responses_total", "counter", "Answers, by status of HTTP.");
    for (const auto& [status, count] : figures.answers)
        page.sample(number(count), {{"status", std::to_string(status)}});
    page.family("revenant_signatures_total", "counter", "Signatures given out.");
    page.sample(number(figures.signatures));
    page.family("revenant_refusals_total", "counter", "Signatures refused, by reason.");
    for (const auto& [reason, count] : figures.refusals)
        page.sample(number(count), {{"reason", reason}});
    page.family("revenant_audit_failures_total", "counter", "Decisions that could not be written to the audit log.");
    page.sample(number(figures.audit_failures));
    page.family("revenant_sign_duration_seconds", "histogram", "From a request's last byte to its signature.");
    std::uint64_t below = 0;
    for (std::size_t at = 0; at <= Histogram::bounds.size(); ++at) {
        below += figures.signing.counts().at(at);
        const auto bound = at < Histogram::bounds.size() ? fmt::format("{}", Histogram::bounds.at(at)) : "+Inf";
        page.sample(number(below), {{"le", bound}}, "_bucket");
    }
    page.sample(figures.signing.sum(), {}, "_sum");
    page.sample(number(figures.signing.count()), {}, "_count");
}

void add_devices(Page& page, const Lines& lines) {
    page.family("revenant_link_up", "gauge", "Whether the device answers: 1, else 0.");
    for (const auto& line : lines.all())
        page.sample(line.ready() ? 1 : 0, {{"device", line.serial()}});
    page.family("revenant_revivals_total", "counter", "How often the device came back.");
    for (const auto& line : lines.all())
        page.sample(number(line.revivals()), {{"device", line.serial()}});
}

/// Calls `add` for each key of each device with the labels that name it.
template <typename Add>
void for_keys(const Lines& lines, const Add& add) {
    for (const auto& line : lines.all())
        for (const auto& [address, key] : line.keys())
            add(key, Labels{{"device", line.serial()}, {"key", address}});
}

/// The same for each of its marks.
template <typename Add>
void for_marks(const Lines& lines, const Add& add) {
    for_keys(lines, [&](const KnownKey& key, const Labels& labels) {
        for (const auto& [kind, mark] : {std::pair{"block", key.status.block},
                                         {"preattestation", key.status.preattestation},
                                         {"attestation", key.status.attestation}}) {
            auto more = labels;
            more.emplace_back("kind", kind);
            add(mark, more);
        }
    });
}

void add_keys(Page& page, const Lines& lines) {
    page.family("revenant_key_unlocked", "gauge", "Whether the key may sign: 1, else 0.");
    for_keys(lines, [&](const KnownKey& key, const Labels& labels) {
        page.sample(key.status.lock_state == LockState::unlocked ? 1 : 0, labels);
    });
    page.family("revenant_key_corrupted", "gauge",
                "Whether the key's mark was lost, so that it signs nothing: 1, else 0.");
    for_keys(lines, [&](const KnownKey& key, const Labels& labels) {
        page.sample(key.status.state_corrupted ? 1 : 0, labels);
    });
    page.family("revenant_key_signatures_total", "counter", "Signatures of the key given out.");
    for_keys(lines, [&](const KnownKey& key, const Labels& labels) { page.sample(number(key.signatures), labels); });
    page.family("revenant_key_last_signature_timestamp_seconds", "gauge", "When the key signed last; 0: not yet.");
    for_keys(lines, [&](const KnownKey& key, const Labels& labels) { page.sample(key.signed_at_unix, labels); });
    page.family("revenant_key_last_level", "gauge", "The highest level signed, by kind.");
    for_marks(lines, [&](const LastSigned& mark, const Labels& labels) { page.sample(number(mark.level), labels); });
    page.family("revenant_key_last_round", "gauge", "The round of that level, by kind.");
    for_marks(lines, [&](const LastSigned& mark, const Labels& labels) { page.sample(mark.round, labels); });
}

/// Fields of /proc/self/stat by proc(5)'s numbers, from the third on: the second may have blanks in it.
double process_stat(std::size_t wanted) {
    std::ifstream file{"/proc/self/stat"};
    std::string line;
    std::getline(file, line);
    line.erase(0, std::min(line.rfind(')') + 1, line.size()));
    std::istringstream fields{line};
    std::string field;
    for (std::size_t at = 3; at <= wanted; ++at)
        fields >> field;
    return std::strtod(field.c_str(), nullptr);
}

void add_process(Page& page) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const auto page_size = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const auto figures = process_figures();
    constexpr std::size_t user_time = 14, system_time = 15, virtual_size = 23, resident_pages = 24;
    page.family("process_cpu_seconds_total", "counter", "User and system time of the process.");
    page.sample((process_stat(user_time) + process_stat(system_time)) / ticks);
    page.family("process_resident_memory_bytes", "gauge", "Resident memory of the process.");
    page.sample(process_stat(resident_pages) * page_size);
    page.family("process_virtual_memory_bytes", "gauge", "Virtual memory of the process.");
    page.sample(process_stat(virtual_size));
    page.family("process_open_fds", "gauge", "Open descriptors of the process.");
    page.sample(figures.at("descriptors").to_number<double>());
    page.family("process_threads", "gauge", "Threads of the process.");
    page.sample(figures.at("threads").to_number<double>());
    page.family("revenant_build_info", "gauge", "Always 1; the version is its label.");
    page.sample(1, {{"version", version}});
}

}  // namespace

std::string metrics_text(const Figures& figures, const Lines& lines) {
    Page page;
    add_requests(page, figures);
    add_devices(page, lines);
    add_keys(page, lines);
    add_process(page);
    return std::move(page).text();
}

}  // namespace revenant::host::serve
