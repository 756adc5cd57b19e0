// Names follow Prometheus' conventions: base units (seconds, bytes), _total on what only grows.
#include <array>
#include <utility>

#include "common/core/version.hpp"
#include "common/metrics/process.hpp"
#include "host/serve/status.hpp"
#include "host/text/keys.hpp"
#include "host/text/printable.hpp"

namespace revenant::host::serve {
namespace {

using Labels = Exposition::Labels;

double real(std::uint64_t value) {
    return static_cast<double>(value);
}

void add_requests(Exposition& page, const SignerMetrics& metrics) {
    page.gauge("revenant_http_requests_in_flight", "Requests that are not answered yet.", {}, real(metrics.in_flight));
    for (const auto& [status, count] : metrics.answers)
        page.counter("revenant_http_responses_total", "Answers, by status of HTTP.",
                     {{"status", std::to_string(status)}}, real(count));
    page.counter("revenant_signatures_total", "Signatures given out.", {}, real(metrics.signatures));
    for (const auto& [reason, count] : metrics.refusals)
        page.counter("revenant_refusals_total", "Signatures refused, by reason.", {{"reason", reason}}, real(count));
    page.counter("revenant_audit_failures_total", "Decisions that could not be written to the audit log.", {},
                 real(metrics.audit_failures));
    page.histogram("revenant_sign_duration_seconds", "From a request's last byte to its signature.", {},
                   metrics.signing);
}

void add_marks(Exposition& page, const Labels& of_key, const KeyStatus& status) {
    for (const auto& [kind, mark] : {std::pair{"block", status.block},
                                     {"preattestation", status.preattestation},
                                     {"attestation", status.attestation}}) {
        auto labels = of_key;
        labels.emplace_back("kind", kind);
        page.gauge("revenant_key_last_level", "The highest level signed, by kind.", labels, real(mark.level));
        page.gauge("revenant_key_last_round", "The round of that level, by kind.", labels, mark.round);
    }
}

void add_key(Exposition& page, const Labels& labels, const KnownKey& key) {
    page.gauge("revenant_key_unlocked", "Whether the key may sign: 1, else 0.", labels,
               key.status.lock_state == LockState::unlocked ? 1 : 0);
    page.gauge("revenant_key_corrupted", "Whether the key's mark was lost, so that it signs nothing: 1, else 0.",
               labels, key.status.state_corrupted ? 1 : 0);
    page.gauge("revenant_key_reserve_failed", "Whether the device cannot write the key's next reserve: 1, else 0.",
               labels, reserve_failed(key.status) ? 1 : 0);
    page.counter("revenant_key_signatures_total", "Signatures of the key given out.", labels, real(key.signatures));
    page.gauge("revenant_key_last_signature_timestamp_seconds", "When the key signed last; 0: not yet.", labels,
               key.signed_at_unix);
    add_marks(page, labels, key.status);
}

void add_device(Exposition& page, const SignerDevice& device) {
    const auto serial = printable(device.serial());
    page.gauge("revenant_link_up", "Whether the device answers: 1, else 0.", {{"device", serial}},
               device.ready() ? 1 : 0);
    page.counter("revenant_revivals_total", "How often the device came back.", {{"device", serial}},
                 real(device.revivals()));
    for (const auto& [address, key] : device.keys())
        add_key(page, {{"device", serial}, {"key", printable(address)}}, key);
}

}  // namespace

std::string metrics_text(const SignerMetrics& metrics, const DevicePool& devices) {
    Exposition page;
    add_requests(page, metrics);
    for (const auto& device : devices.all())
        add_device(page, device);
    add_process(page, read_process_usage());
    page.gauge("revenant_build_info", "Always 1; the version is its label.", {{"version", version}}, 1);
    return page.text();
}

}  // namespace revenant::host::serve
