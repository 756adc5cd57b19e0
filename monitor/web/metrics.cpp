#include "monitor/web/metrics.hpp"

#include <array>

#include <fmt/format.h>

#include "common/metrics/exposition.hpp"
#include "common/metrics/time.hpp"

namespace revenant::monitor {
namespace {

using Labels = Exposition::Labels;

template <typename Number>
double real(Number number) {
    return static_cast<double>(number);
}

void put(Exposition& into, const std::string& name, const std::string& help, const Labels& labels,
         const std::optional<std::uint64_t>& value, bool counts) {
    if (!value)
        return;
    if (counts)
        into.counter(name, help, labels, real(*value));
    else
        into.gauge(name, help, labels, real(*value));
}

void put_key(Exposition& into, const Labels& labels, const KeyState& key, double now) {
    auto of_key = labels;
    of_key.emplace_back("key", key.address.empty() ? key.id : key.address);
    if (!key.lock.empty())
        into.gauge("revenant_key_unlocked", "Whether the key can sign.", of_key, key.lock == "unlocked" ? 1 : 0);
    if (key.corrupted)
        into.gauge("revenant_key_mark_corrupted", "Whether the key's watermark is corrupted.", of_key,
                   *key.corrupted ? 1 : 0);
    if (key.reserve_failed)
        into.gauge("revenant_key_reserve_failed", "Whether the device cannot write the key's next reserve.", of_key,
                   *key.reserve_failed ? 1 : 0);
    put(into, "revenant_key_signatures_total", "Signatures by the key since the signer started.", of_key,
        key.signatures, true);
    if (const auto last = unix_time(key.last_signed))
        into.gauge("revenant_key_seconds_since_signature", "Time since the key's last signature.", of_key,
                   std::max(0.0, now - *last));
    for (const auto& [kind, mark] : key.marks) {
        auto of_mark = of_key;
        of_mark.emplace_back("kind", kind);
        if (mark.level)
            into.gauge("revenant_key_level", "The highest level that the key signed.", of_mark, real(*mark.level));
        if (mark.round)
            into.gauge("revenant_key_round", "The round of the highest level that the key signed.", of_mark,
                       real(*mark.round));
    }
}

void put_signer(Exposition& into, const std::string& name, const HealthRegistry::SignerView& signer, double now,
                Moment moment) {
    const Labels labels{{"signer", name}};
    into.gauge("revenant_signer_up", "Whether the signer responds to the monitor.", labels, signer.linked ? 1 : 0);
    if (signer.received)
        into.gauge("revenant_signer_data_age_seconds", "Age of the signer's last status.", labels,
                   std::chrono::duration<double>(moment - *signer.received).count());
    if (!signer.status)
        return;
    const auto& status = *signer.status;
    put(into, "revenant_requests_total", "Requests received by the signer.", labels, status.requests, true);
    put(into, "revenant_requests_in_flight", "Requests in flight.", labels, status.in_flight, false);
    put(into, "revenant_signatures_total", "Signatures made by the signer.", labels, status.signatures, true);
    put(into, "revenant_audit_failures_total", "Lines that could not be written to the audit log.", labels,
        status.audit_failures, true);
    put(into, "revenant_signer_descriptors", "Open descriptors of the signer.", labels, status.descriptors, false);
    put(into, "revenant_signer_threads", "Threads of the signer.", labels, status.threads, false);
    if (status.pss_kib)
        into.gauge("revenant_signer_memory_bytes", "Memory of the signer (PSS).", labels, real(*status.pss_kib) * 1024);
    for (const auto& [reason, count] : status.refusals.value_or(std::map<std::string, std::uint64_t>{}))
        into.counter("revenant_refusals_total", "Rejected requests, by reason.", {{"signer", name}, {"reason", reason}},
                     real(count));
    if (status.latency)
        into.histogram("revenant_signature_seconds", "Time from a signature request to its response.", labels,
                       *status.latency);
    for (const auto& device : status.devices.value_or(std::vector<DeviceState>{})) {
        const Labels of_device{{"signer", name}, {"serial", device.serial}};
        into.gauge("revenant_link_up", "Whether the device is connected and its gadget is alive.", of_device,
                   signer.linked && device.state == "ready" ? 1 : 0);
        put(into, "revenant_revivals_total", "How often the link to the device recovered.", of_device, device.revivals,
            true);
        for (const auto& key : device.keys.value_or(std::vector<KeyState>{}))
            put_key(into, of_device, key, now);
    }
}

void put_component(Exposition& into, const Component& component) {
    constexpr std::array all{Health::healthy, Health::degraded, Health::unhealthy, Health::unknown};
    for (const auto health : all)
        into.gauge("revenant_component_state", "1 for the component's current state.",
                   {{"component", component.name}, {"state", name_of(health)}},
                   component.result.health == health ? 1 : 0);
    const Labels labels{{"component", component.name}};
    into.gauge("revenant_component_failures", "Consecutive checks without a response.", labels,
               component.result.failures);
    into.counter("revenant_checks_total", "Checks of the component.", labels, real(component.checks));
    if (component.result.latency)
        into.gauge("revenant_component_latency_seconds", "Duration of the last check.", labels,
                   real(component.result.latency->count()) / 1e6);
    for (const auto& [way, state] : component.result.breakers)
        for (const auto* const each : {"closed", "open", "half-open"})
            into.gauge("revenant_breaker_state", "1 for the circuit breaker's current state.",
                       {{"component", component.name}, {"way", way}, {"state", each}}, state == each ? 1 : 0);
}

void put_self(Exposition& into, const HealthRegistry& registry, const WebMetrics& web, const std::string& version) {
    const auto& own = registry.resources();
    into.gauge("revenant_monitor_info", "Version of the monitor.", {{"version", version}}, 1);
    add_process(into, own);
    if (const auto began = unix_time(registry.started()))
        into.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", {}, *began);
    for (const auto& [type, count] : own.descriptors)
        into.gauge("revenant_monitor_descriptors", "Open descriptors of the monitor, by type.", {{"type", type}},
                   real(count));
    into.gauge("revenant_monitor_memory_bytes", "Memory of the monitor (PSS).", {}, real(own.pss_kib) * 1024);
    into.gauge("revenant_monitor_zmq_sockets", "Open ZeroMQ sockets.", {}, real(own.zmq_open()));
    into.counter("revenant_monitor_zmq_sockets_opened_total", "ZeroMQ sockets opened.", {}, real(own.zmq_opened));
    into.counter("revenant_monitor_zmq_sockets_closed_total", "ZeroMQ sockets closed.", {}, real(own.zmq_closed));
    into.counter("revenant_monitor_zmq_floods_total",
                 "How often all ZeroMQ sockets were closed because a peer filled the memory.", {},
                 real(own.zmq_floods));
    into.gauge("revenant_monitor_connections", "Open HTTP connections.", {}, real(web.connections));
    into.gauge("revenant_monitor_streams", "Open event streams.", {}, real(web.streams));
    into.counter("revenant_monitor_streams_opened_total", "Event streams opened.", {}, real(web.streams_joined));
    into.counter("revenant_monitor_streams_refused_total", "Event streams rejected by the limits.", {},
                 real(web.streams_refused));
    into.counter("revenant_monitor_events_total", "Events published.", {}, real(web.events));
    into.counter("revenant_monitor_events_dropped_total", "Events dropped for slow viewers.", {}, real(web.dropped));
}

}  // namespace

std::string metrics_text(const HealthRegistry& registry, const WebMetrics& web, const std::string& version) {
    const auto moment = Clock::now();
    const auto now = unix_now();
    Exposition all;
    const auto health = registry.health();
    all.gauge("revenant_healthy", "1 healthy, 0.5 degraded, 0 unhealthy or unknown.", {},
              health == Health::healthy    ? 1
              : health == Health::degraded ? 0.5
                                           : 0);
    all.gauge("revenant_ready", "Whether a device with an unlocked key is connected.", {},
              registry.readiness().ready ? 1 : 0);
    for (const auto& [name, signer] : registry.signers())
        put_signer(all, name, signer, now, moment);
    for (const auto& [name, component] : registry.components())
        put_component(all, component);
    put_self(all, registry, web, version);
    return all.text();
}

}  // namespace revenant::monitor
