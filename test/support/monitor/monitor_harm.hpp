#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "test/support/basics/descriptors.hpp"
#include "test/support/basics/spawned.hpp"
#include "test/support/monitor/pinned.hpp"
#include "test/support/monitor/viewers.hpp"
#include "test/support/suite/served.hpp"
#include "test/support/suite/steady_baker.hpp"

namespace revenant::test {

/// What is done to the monitor while a baker signs.
enum class Harm : std::uint8_t {
    killed,   ///< killed repeatedly, with 100 viewers
    stopped,  ///< stopped by SIGSTOP, with 100 viewers
    starved,  ///< no descriptors left, with 100 viewers connecting
    flooded,  ///< 1,000 viewers, 200 of which never read
    hostile   ///< brokers respond with invalid frames, endless messages, a frame of 2 GiB
};
inline constexpr std::array all_harms{Harm::killed, Harm::stopped, Harm::starved, Harm::flooded, Harm::hostile};
const char* name(Harm harm);

/// The result of a run.
struct Ordeal {
    Tally tally{};                ///< the baker's
    unsigned blows = 0;           ///< kills; for other harms, how often the harm was seen in effect
    unsigned restarts = 0;        ///< unexpected restarts of the monitor
    unsigned watching = 0;        ///< maximum number of concurrent streams
    std::size_t max_pss_kib = 0;  ///< of the monitor; 0: not measured
};

/// A suite with two keys, its remote signer and a baker on one processor; the signer's monitor, with the harm done to
/// it, on another. One thread, pinned to the first processor.
class BesideMonitor {
public:
    /// hostile: the monitor checks brokers, all of them hostile.
    enum class Brokers : std::uint8_t { none, hostile };
    explicit BesideMonitor(Brokers brokers);

    /// Restarts the monitor and applies the harm while a baker signs all levels; then ends the harm.
    Ordeal suffer(Harm harm, milliseconds level, std::int32_t levels);
    /// Baseline: only CPU load on the other processor. The monitor does not run.
    Tally burn(milliseconds level, std::int32_t levels);

    /// Sends GET to the monitor; throws if there is no response within 10 s.
    HttpAnswer ask_monitor(const std::string& target);
    /// Waits until the monitor has no viewers, no more descriptors than at start, and is ready; returns false on
    /// timeout.
    bool monitor_recovers();

private:
    Rhythm next_rhythm(milliseconds level, std::int32_t levels);
    void begin_anew();
    void tell_much();
    std::size_t monitor_descriptors();
    std::vector<std::string> hostile_brokers();

    void strike(Harm harm, const Viewers& viewers, Ordeal& ordeal);
    void release(Harm harm);

    int here_, there_;
    Pinned stay_{here_};
    ManyDescriptors enough_;  ///< for the viewers; child processes get the limits of their units
    std::vector<std::unique_ptr<Spawned>> brokers_;
    Served served_;
    Suite& suite_ = served_.suite;
    BakerKey locked_{};  ///< an additional key
    std::int32_t next_level_ = 1;
    std::size_t at_rest_ = 0;  ///< descriptors of the monitor right after start
    unsigned short port_ = 0;  ///< of the monitor
};

/// Ratio of the signing p95 beside the harmed monitor to the p95 beside CPU load only: for each harm the median of
/// `runs`. A run alternates slices of 1.4 s of both, since the speed of a shared machine varies by a third within tens
/// of seconds. Prints each run.
std::map<Harm, double> harm_ratios(unsigned runs, unsigned slices);

}  // namespace revenant::test
