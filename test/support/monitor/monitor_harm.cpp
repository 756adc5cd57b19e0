#include "test/support/monitor/monitor_harm.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <boost/asio/ip/tcp.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

namespace revenant::test {
namespace {

constexpr milliseconds beat{250};
constexpr rlim_t nearly_none = 12, plenty = 4096;  // descriptors
constexpr int news_in_a_beat = 10;
#ifdef __SANITIZE_ADDRESS__
constexpr unsigned share = 4;  // AddressSanitizer slows all programs
#else
constexpr unsigned share = 1;
#endif
constexpr unsigned few_viewers = 100 / share, many_viewers = 800 / share, blind_viewers = 200 / share;
constexpr std::array broker_kinds{"spate", "endless", "hostile", "giant", "giant"};  // behaviours of monitor_peer

/// A fixed port, so that viewers find the monitor after a restart.
std::string free_port() {
    asio::io_context io;
    const asio::ip::tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
    return std::to_string(acceptor.local_endpoint().port());
}

SuiteSettings suite_settings(int processor, std::vector<std::string> monitor) {
    auto settings = with_signer();
    settings.monitor = std::move(monitor);
    // Each sample is an event for each viewer: five per second.
    settings.monitor->insert(settings.monitor->end(), {"--listen-port", free_port(), "--sample-ms", "200"});
    settings.monitor_runner = {"/usr/bin/taskset", "-c", std::to_string(processor)};
    return settings;
}

Viewers::Sizes sizes_for(Harm harm) {
    return harm == Harm::flooded ? Viewers::Sizes{many_viewers, blind_viewers} : Viewers::Sizes{few_viewers, 0};
}

void limit_descriptors(pid_t process, rlim_t most) {
    rlimit limit{};
    checked(::prlimit(process, RLIMIT_NOFILE, nullptr, &limit), "prlimit");
    limit.rlim_cur = std::min(most, limit.rlim_max);
    checked(::prlimit(process, RLIMIT_NOFILE, &limit, nullptr), "prlimit");
}

/// The word after `name` in /proc/`process`/`file`; empty if there is none.
std::string word_of(pid_t process, const char* file, std::string_view name) {
    std::ifstream words{fmt::format("/proc/{}/{}", process, file)};
    for (std::string word, value; words >> word;)
        if (word == name && words >> value)
            return value;
    return {};
}

bool tells_what_it_sends(std::string_view broker) {
    return broker == "giant" || broker == "endless";
}

double p95_us(const Tally& tally) {
    return static_cast<double>(tally.latency(0.95).count());
}

}  // namespace

const char* name(Harm harm) {
    switch (harm) {
        case Harm::killed:
            return "killed";
        case Harm::stopped:
            return "stopped";
        case Harm::starved:
            return "starved";
        case Harm::flooded:
            return "flooded";
        case Harm::hostile:
            return "hostile";
    }
    return "";
}

BesideMonitor::BesideMonitor(Brokers brokers)
    : here_{processors().front()},
      there_{processors().back()},
      served_{suite_settings(there_, brokers == Brokers::hostile ? hostile_brokers() : std::vector<std::string>{})} {
    suite_.host_json({"new", "locked"});
    for (auto& key : keys_of(suite_))
        if (key.id == "locked")
            locked_ = std::move(key);
    for (const auto& key : served_.keys)  // from here on the signer knows that they are unlocked
        served_.sign(key, operation(key.curve, tezos::Kind::attestation, next_level_));
    ++next_level_;
    begin_anew();
}

/// Starts the brokers; returns the monitor's options. The period is long enough that the breakers stay closed for five
/// seconds. Each broker is a separate process, since a giant frame keeps it busy.
std::vector<std::string> BesideMonitor::hostile_brokers() {
    const Pinned there{there_};
    std::string dependencies;
    for (const auto* const kind : broker_kinds) {
        const std::vector<std::string> words{REVENANT_MONITOR_PEER, "*", kind};
        auto& broker = *brokers_.emplace_back(std::make_unique<Spawned>(words, 1));
        dependencies +=
            fmt::format("{}{}=mdp://127.0.0.1:{}/sign ", kind, brokers_.size(), broker.line_with("at ").substr(3));
    }
    return {"--dependencies", dependencies, "--period-ms", "1000"};
}

/// Each request for a locked key makes the signer send its status: the socket buffer of a stopped reader is full within
/// three seconds.
void BesideMonitor::tell_much() {
    HttpClient client{suite_.signer_port()};
    for (int count = 0; count < news_in_a_beat; ++count)
        if (ask_signature(client, locked_, operation(locked_.curve, tezos::Kind::attestation, 1)).status == 200)
            throw std::runtime_error{"the signer signed with a locked key"};
}

Rhythm BesideMonitor::next_rhythm(milliseconds level, std::int32_t levels) {
    const Rhythm rhythm{level, levels, next_level_};
    next_level_ += levels;
    return rhythm;
}

void BesideMonitor::begin_anew() {
    suite_.stop("monitor");
    suite_.start("monitor");
    port_ = suite_.monitor_port();
    for (const Deadline deadline{Suite::patience}; ask_monitor("/readyz").status != 200;)
        if (deadline.left() == milliseconds::zero())
            throw std::runtime_error{"the monitor is not ready: it does not find the signer"};
    at_rest_ = monitor_descriptors();
}

HttpAnswer BesideMonitor::ask_monitor(const std::string& target) {
    HttpClient client{port_};
    return client.ask("GET", target);
}

std::size_t BesideMonitor::monitor_descriptors() {
    const std::filesystem::directory_iterator all{fmt::format("/proc/{}/fd", suite_.pid("monitor"))};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

bool BesideMonitor::monitor_recovers() {
    suite_.wait_until_running("monitor");
    std::size_t now = 0, watching = 0;
    bool ready = false;
    for (const Deadline deadline{Suite::patience}; deadline.left() > milliseconds::zero();) {
        watching = ask_monitor("/api/streams").json().at("streams").as_array().size();
        now = monitor_descriptors();
        ready = ask_monitor("/readyz").status == 200;
        if (watching == 0 && now <= at_rest_ && ready)
            return true;
    }
    std::cerr << "the monitor has " << now << " descriptors and " << watching << " viewers, expected at most "
              << at_rest_ << " and 0, and is " << (ready ? "ready\n" : "not ready\n");
    return false;
}

Tally BesideMonitor::burn(milliseconds level, std::int32_t levels) {
    suite_.stop("monitor");
    std::atomic<bool> stop = false;
    std::thread burner{[&] {
        const Pinned there{there_};
        while (!stop) {
        }
    }};
    SteadyBaker baker{suite_.signer_port(), served_.keys, next_rhythm(level, levels)};
    const bool ended = baker.ended(Deadline{level * levels + milliseconds{60'000}});
    stop = true;
    burner.join();
    auto tally = baker.end();
    if (!ended)
        tally.failure = "the baker did not finish in time";
    return tally;
}

Ordeal BesideMonitor::suffer(Harm harm, milliseconds level, std::int32_t levels) {
    begin_anew();
    Ordeal ordeal;
    if (harm == Harm::starved)
        limit_descriptors(suite_.pid("monitor"), nearly_none);
    Viewers viewers{port_, sizes_for(harm), there_};
    SteadyBaker baker{suite_.signer_port(), served_.keys, next_rhythm(level, levels)};
    const Deadline limit{level * levels + milliseconds{60'000}};
    while (!baker.ended(Deadline{beat}) && limit.left() > milliseconds::zero())
        strike(harm, viewers, ordeal);
    release(harm);
    const bool ended = baker.ended(Deadline{milliseconds::zero()});
    ordeal.tally = baker.end();
    if (!ended)
        ordeal.tally.failure = "the baker did not finish in time";
    viewers.end();
    if (harm == Harm::hostile)
        for (std::size_t at = 0; at < brokers_.size(); ++at)  // throws if a broker did not start sending
            if (tells_what_it_sends(broker_kinds.at(at)))
                brokers_.at(at)->line_with(broker_kinds.at(at));
    const auto restarts = suite_.restarts("monitor");
    ordeal.restarts = harm == Harm::killed ? restarts - std::min(restarts, ordeal.blows) : restarts;
    return ordeal;
}

/// Called each beat: applies the harm again, or checks that it is still in effect.
void BesideMonitor::strike(Harm harm, const Viewers& viewers, Ordeal& ordeal) {
    ordeal.watching = std::max(ordeal.watching, viewers.watching());
    if (harm == Harm::killed) {
        suite_.kill_and_wait("monitor");
        ++ordeal.blows;
        return;
    }
    const auto monitor = suite_.pid("monitor");
    const auto pss = word_of(monitor, "smaps_rollup", "Pss:");
    ordeal.max_pss_kib = std::max<std::size_t>(ordeal.max_pss_kib, pss.empty() ? 0 : std::stoul(pss));
    bool is_so = false;
    if (harm == Harm::stopped) {
        is_so = word_of(monitor, "status", "State:") == "T";
        if (!is_so)
            suite_.signal("monitor", SIGSTOP);
        tell_much();
    } else if (harm == Harm::starved) {
        is_so = monitor_descriptors() >= nearly_none;
    } else if (harm == Harm::flooded) {
        is_so = viewers.watching() == many_viewers;
    } else {
        const auto state = ask_monitor("/api/state").json();
        const auto& components = state.at("components").as_array();
        is_so = std::count_if(components.begin(), components.end(), [](const boost::json::value& one) {
                    return one.at("kind") == "dependency" && one.at("state") == "unhealthy";
                }) == std::ssize(broker_kinds);
    }
    ordeal.blows += is_so ? 1 : 0;
}

void BesideMonitor::release(Harm harm) {
    if (harm == Harm::stopped)
        suite_.signal("monitor", SIGCONT);
    if (harm == Harm::starved)
        limit_descriptors(suite_.pid("monitor"), plenty);
}

std::map<Harm, double> harm_ratios(unsigned runs, unsigned slices) {
    constexpr milliseconds level{120};
    constexpr std::int32_t levels = 12;
    BesideMonitor signer{BesideMonitor::Brokers::hostile};
    const auto sound = [](const char* what, Tally tally) {
        if (!tally.failure.empty() || !tally.misses.empty())
            throw std::runtime_error{fmt::format("{}: {}", what, tally.failure.empty() ? tally.text() : tally.failure)};
        return tally;
    };
    signer.burn(level, levels);  // warm-up
    std::map<Harm, std::vector<double>> ratios;
    for (unsigned run = 0; run < runs; ++run)
        for (const auto harm : all_harms) {
            Tally beside_work, harmed;
            for (unsigned slice = 0; slice < slices; ++slice) {
                beside_work.add(sound("CPU load only", signer.burn(level, levels)));
                harmed.add(sound(name(harm), signer.suffer(harm, level, levels).tally));
            }
            ratios[harm].push_back(p95_us(harmed) / p95_us(beside_work));
            std::cerr << fmt::format("monitor {}: signing p95 {:.2f} ms, with CPU load only {:.2f} ms\n", name(harm),
                                     p95_us(harmed) / 1e3, p95_us(beside_work) / 1e3);
        }
    std::map<Harm, double> medians;
    for (auto& [harm, all] : ratios) {
        std::sort(all.begin(), all.end());
        medians[harm] = all[all.size() / 2];
    }
    return medians;
}

}  // namespace revenant::test
