#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "monitor/health/budget.hpp"
#include "monitor/health/health.hpp"
#include "monitor/health/resources.hpp"
#include "monitor/signer/check_results.hpp"
#include "monitor/signer/rates.hpp"

namespace revenant::monitor {

/// A point in time: monotonic, and as UTC text.
struct Instant {
    Moment at{};
    std::string utc{};  ///< RFC 3339
};
Instant instant_now();

/// Receives changes of the registry: usually a hub's `publish_state` and `publish_line`.
struct StateListener {
    std::function<void(std::string_view name, std::string key, const boost::json::object& data)> state;
    std::function<void(std::string_view name, const boost::json::object& data)> line;
};

/// The monitor's state. Pages, streams and metrics read it; reading never triggers a check. Changes are published to
/// the listener. One thread.
class HealthRegistry {
public:
    enum class Stage : std::uint8_t { starting, running, stopping };
    static constexpr std::size_t max_lines = 100, max_points = 180;  ///< 180 at one each 5 s: 15 minutes
    static constexpr std::size_t max_components = 400;  ///< beyond it, further devices and keys are ignored

    explicit HealthRegistry(std::string version);
    void listen(StateListener listener) { listener_ = std::move(listener); }

    void enter(Stage stage, const Instant& now);
    /// Records the result of a check.
    void record(const std::string& name, const std::string& kind, bool essential, CheckResult result,
                const Instant& now);
    /// Records a status of the signer `name`, read from the socket `source`.
    void on_status(const std::string& name, const std::string& source, SignerStatus status, const Instant& now);
    /// Records that the signer `name` does not respond at `source`. `reason`: for the operator.
    void on_silence(const std::string& name, const std::string& source, const std::string& reason, const Instant& now);
    /// Updates the monitor's own component and metrics.
    void review(const Resources& resources, std::uint64_t connections, const Instant& now);
    /// The same, and adds a point to the history; called at a fixed interval.
    void sample(const Resources& resources, std::uint64_t connections, const Instant& now);

    struct Readiness {
        bool ready = false;
        std::string reason{};  ///< why it is not ready
    };
    [[nodiscard]] Readiness readiness() const;
    [[nodiscard]] Health health() const;

    [[nodiscard]] boost::json::object state_json(const Instant& now) const;
    [[nodiscard]] boost::json::array history_json() const;

    struct SignerView {
        std::string source{};
        bool linked = false;
        std::optional<SignerStatus> status{};  ///< last received
        std::optional<Moment> received{};
        std::string received_at{};
        RateWindow window{};
        std::set<std::string> parts{};  ///< names of its components, such as devices and keys
        Budget changes{512, 32};        ///< of its components; each goes to the log and to all viewers
        bool behind = false;            ///< its components are not up to date: the budget was spent
    };
    [[nodiscard]] const std::map<std::string, SignerView>& signers() const { return signers_; }
    [[nodiscard]] const std::map<std::string, Component>& components() const { return components_; }
    [[nodiscard]] const Resources& resources() const { return resources_; }
    [[nodiscard]] const std::string& started() const { return started_.utc; }

private:
    void line(const Instant& now, const std::string& subject, const std::string& text);
    void review(SignerView& signer, const Instant& now);
    void review_part(SignerView& signer, NamedResult part, const Instant& now);
    [[nodiscard]] bool is_news(const std::string& name, bool essential, const CheckResult& result) const;
    void forget(const std::string& component, const Instant& now);
    void publish_signer(const std::string& name, const SignerView& signer, const Instant& now);
    void publish_health(const Instant& now);
    [[nodiscard]] boost::json::object health_json() const;
    [[nodiscard]] boost::json::object monitor_json(const Instant& now) const;
    [[nodiscard]] std::vector<const Component*> all_components() const;

    std::string version_;
    Instant started_;
    StateListener listener_;
    Stage stage_ = Stage::starting;
    std::map<std::string, SignerView> signers_;
    std::map<std::string, Component> components_;
    std::deque<boost::json::object> lines_, history_;
    Resources resources_;
    std::uint64_t connections_ = 0;
    boost::json::object last_health_;
};

}  // namespace revenant::monitor
