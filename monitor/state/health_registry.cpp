#include "monitor/state/health_registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/status_socket.hpp"

namespace revenant::monitor {
namespace {

namespace json = boost::json;

const char* name_of(HealthRegistry::Stage stage) {
    switch (stage) {
        case HealthRegistry::Stage::starting:
            return "starting";
        case HealthRegistry::Stage::running:
            return "running";
        case HealthRegistry::Stage::stopping:
            return "stopping";
    }
    return "stopping";
}

std::int64_t milliseconds(Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

json::object signer_json(const std::string& name, const HealthRegistry::SignerView& signer, Moment now) {
    json::object object = signer.status ? to_json(*signer.status) : json::object{};
    object["name"] = name;
    object["source"] = signer.source;
    object["link"] = signer.linked ? "up" : "down";
    object["stale"] = !signer.linked;
    if (signer.received) {
        object["received"] = signer.received_at;
        object["age_ms"] = milliseconds(now - *signer.received);
    }
    if (auto rates = to_json(signer.window.rates()); !rates.empty())
        object["rates"] = std::move(rates);
    return object;
}

/// Ignores the process metrics, which differ on each read.
bool equal_but_process_metrics(SignerStatus one, const SignerStatus& other) {
    one.descriptors = other.descriptors;
    one.threads = other.threads;
    one.pss_kib = other.pss_kib;
    return one == other;
}

}  // namespace

Instant instant_now() {
    return {Clock::now(), utc_now()};
}

HealthRegistry::HealthRegistry(std::string version) : version_{std::move(version)}, started_{instant_now()} {}

void HealthRegistry::enter(Stage stage, const Instant& now) {
    stage_ = stage;
    line(now, "monitor", name_of(stage));
    publish_health(now);
}

void HealthRegistry::record(const std::string& name, const std::string& kind, bool essential, CheckResult result,
                            const Instant& now) {
    const bool news = is_news(name, essential, result);
    auto& component = components_[name];
    const bool is_new = component.name.empty();
    ++component.checks;
    const bool moved = is_new || component.result.health != result.health;
    if (is_new || moved) {
        component.changed = now.at;
        component.changed_at = now.utc;
    }
    if (!result.stale || is_new) {
        component.checked = now.at;
        component.checked_at = now.utc;
    }
    component.name = name;
    component.kind = kind;
    component.essential = essential;
    component.result = std::move(result);
    if (!news)
        return;
    if (moved)
        line(now, name, fmt::format("{}: {}", monitor::name_of(component.result.health), component.result.reason));
    if (listener_.state)
        listener_.state("component", "component/" + name, to_json(component, now.at));
    publish_health(now);
}

bool HealthRegistry::is_news(const std::string& name, bool essential, const CheckResult& result) const {
    const auto found = components_.find(name);
    return found == components_.end() || differs(found->second.result, result) || found->second.essential != essential;
}

void HealthRegistry::on_status(const std::string& name, const std::string& source, SignerStatus status,
                               const Instant& now) {
    auto& signer = signers_[name];
    const bool news = !signer.linked || !signer.status || !equal_but_process_metrics(*signer.status, status);
    signer.source = source;
    signer.linked = true;
    signer.status = std::move(status);
    signer.received = now.at;
    signer.received_at = now.utc;
    if (!news && !signer.behind)
        return;
    if (news)
        publish_signer(name, signer, now);
    record("host:" + name, "host", true, host_result(*signer.status), now);
    review(signer, now);
}

void HealthRegistry::on_silence(const std::string& name, const std::string& source, const std::string& reason,
                                const Instant& now) {
    auto& signer = signers_[name];
    const bool news = signer.linked || signer.source.empty();
    signer.source = source;
    signer.linked = false;
    if (news)
        publish_signer(name, signer, now);
    record("host:" + name, "host", true, {Health::unhealthy, reason, std::nullopt, 0, "", true}, now);
    review(signer, now);
}

/// Brings the components of the signer up to date, as far as its budget goes; the rest follows with its next status.
void HealthRegistry::review(SignerView& signer, const Instant& now) {
    signer.behind = false;
    std::set<std::string> named;
    for (auto& part : check_results_of(signer.status.value_or(SignerStatus{}), signer.linked)) {
        named.insert(part.name);
        review_part(signer, std::move(part), now);
    }
    std::erase_if(signer.parts, [&](const std::string& part) {
        if (named.count(part) > 0)
            return false;
        const bool paid = signer.changes.spend(1, now.at);
        signer.behind = signer.behind || !paid;
        if (paid)
            forget(part, now);
        return paid;
    });
}

void HealthRegistry::review_part(SignerView& signer, NamedResult part, const Instant& now) {
    if (components_.count(part.name) == 0 && components_.size() >= max_components)
        return;
    if (is_news(part.name, part.essential, part.result) && !signer.changes.spend(1, now.at)) {
        signer.behind = true;
        return;
    }
    signer.parts.insert(part.name);
    record(part.name, part.kind, part.essential, std::move(part.result), now);
}

/// Removes a component that the signer no longer reports: a deleted key, a replaced device.
void HealthRegistry::forget(const std::string& component, const Instant& now) {
    if (components_.erase(component) == 0)
        return;
    line(now, component, "removed");
    if (listener_.state)
        listener_.state("component", "component/" + component, {{"name", component}, {"gone", true}});
    publish_health(now);
}

void HealthRegistry::review(const Resources& resources, std::uint64_t connections, const Instant& now) {
    resources_ = resources;
    connections_ = connections;
    const auto alarms = alarms_of(resources, connections, {});
    CheckResult result{Health::healthy, "within limits"};
    if (!alarms.empty())
        result = {Health::degraded, fmt::format("{}", fmt::join(alarms, "; "))};
    record("monitor", "monitor", false, std::move(result), now);
}

void HealthRegistry::sample(const Resources& resources, std::uint64_t connections, const Instant& now) {
    json::object signers;
    for (auto& [name, signer] : signers_) {
        signer.window.take(now.at, signer.linked ? signer.status : std::nullopt);
        auto figures = to_json(signer.window.rates());
        if (signer.received)
            figures["age_ms"] = milliseconds(now.at - *signer.received);
        signers[name] = std::move(figures);
    }
    json::object point{{"time", now.utc},
                       {"descriptors", resources.all_descriptors()},
                       {"threads", resources.threads},
                       {"zmq_sockets", resources.zmq_open()},
                       {"pss_kib", resources.pss_kib},
                       {"connections", connections},
                       {"signers", std::move(signers)}};
    if (listener_.state)
        listener_.state("sample", "sample", point);
    history_.push_back(std::move(point));
    if (history_.size() > max_points)
        history_.pop_front();
    review(resources, connections, now);
}

HealthRegistry::Readiness HealthRegistry::readiness() const {
    if (stage_ != Stage::running)
        return {false, fmt::format("the monitor is {}", name_of(stage_))};
    if (signers_.empty())
        return {false, "no signer is known"};
    for (const auto& [name, signer] : signers_)
        if (signer.linked && signer.status && can_sign(*signer.status))
            return {true, ""};
    return {false, "no device with an unlocked key is connected"};
}

Health HealthRegistry::health() const {
    return overall(all_components());
}

std::vector<const Component*> HealthRegistry::all_components() const {
    std::vector<const Component*> all;
    for (const auto& [name, component] : components_)
        all.push_back(&component);
    return all;
}

void HealthRegistry::line(const Instant& now, const std::string& subject, const std::string& text) {
    log::info("{}: {}", subject, text);
    json::object object{{"time", now.utc}, {"subject", subject}, {"text", text}};
    if (listener_.line)
        listener_.line("log", object);
    lines_.push_back(std::move(object));
    if (lines_.size() > max_lines)
        lines_.pop_front();
}

void HealthRegistry::publish_signer(const std::string& name, const SignerView& signer, const Instant& now) {
    if (listener_.state)
        listener_.state("signer", "signer/" + name, signer_json(name, signer, now.at));
}

void HealthRegistry::publish_health(const Instant& now) {
    auto health = health_json();
    if (health == last_health_)
        return;
    last_health_ = health;
    health["time"] = now.utc;
    if (listener_.state)
        listener_.state("health", "health", health);
}

json::object HealthRegistry::health_json() const {
    const auto ready = readiness();
    json::object object{{"state", monitor::name_of(health())}, {"ready", ready.ready}};
    if (!ready.ready)
        object["reason"] = ready.reason;
    return object;
}

json::object HealthRegistry::monitor_json(const Instant& now) const {
    auto object = to_json(resources_);
    object["version"] = version_;
    object["started"] = started_.utc;
    object["uptime_ms"] = milliseconds(now.at - started_.at);
    object["stage"] = name_of(stage_);
    object["connections"] = connections_;
    return object;
}

json::object HealthRegistry::state_json(const Instant& now) const {
    json::array signers, components;
    for (const auto& [name, signer] : signers_)
        signers.push_back(signer_json(name, signer, now.at));
    for (const auto& [name, component] : components_)
        components.push_back(to_json(component, now.at));
    return {{"time", now.utc},
            {"health", health_json()},
            {"signers", std::move(signers)},
            {"components", std::move(components)},
            {"monitor", monitor_json(now)},
            {"events", json::array(lines_.begin(), lines_.end())}};
}

json::array HealthRegistry::history_json() const {
    return json::array(history_.begin(), history_.end());
}

}  // namespace revenant::monitor
