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

/// What is done to the monitor while a baker bakes.
enum class Harm : std::uint8_t {
    killed,   ///< again and again, before a hundred viewers
    stopped,  ///< it stands still, with a hundred viewers
    starved,  ///< it has no descriptor left, and a hundred viewers knock
    flooded,  ///< a thousand viewers, of whom two hundred never read
    hostile   ///< its brokers answer with frames that are none, messages without an end, a frame of 2 GiB
};
inline constexpr std::array all_harms{Harm::killed, Harm::stopped, Harm::starved, Harm::flooded, Harm::hostile};
const char* name(Harm harm);

/// What came of it.
struct Ordeal {
    Tally tally{};                ///< of the baker
    unsigned blows = 0;           ///< how often it was killed; else how often it was found to be as it was meant to be
    unsigned restarts = 0;        ///< of the monitor, which nobody asked for
    unsigned watching = 0;        ///< the most viewers with a stream at once
    std::size_t max_pss_kib = 0;  ///< of the monitor; 0: there was none to look at
};

/// A suite with two keys and its remote signer, which have one processor to themselves with a baker; the monitor of
/// that signer, with all that is done to it, has another. One thread, which stays on the first processor.
class BesideMonitor {
public:
    /// hostile: the monitor has brokers to ask, all of whom are.
    enum class Brokers : std::uint8_t { none, hostile };
    explicit BesideMonitor(Brokers brokers);

    /// The monitor begins anew, and a baker has all of his levels signed meanwhile. Then the monitor is left alone.
    Ordeal suffer(Harm harm, milliseconds level, std::int32_t levels);
    /// Nothing but work is on the other processor: what the others are compared with. The monitor does not run.
    Tally burn(milliseconds level, std::int32_t levels);

    /// What the monitor answers to GET; throws when it does not, within ten seconds.
    HttpAnswer ask_monitor(const std::string& target);
    /// Waits until the monitor holds no more descriptors and viewers than without anybody, and knows the signer; false
    /// if that takes too long.
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
    ManyDescriptors enough_;  ///< for the viewers; the programs that are started get as many, as their units say
    std::vector<std::unique_ptr<Spawned>> brokers_;
    Served served_;
    Suite& suite_ = served_.suite;
    BakerKey locked_{};  ///< one more key
    std::int32_t next_level_ = 1;
    std::size_t at_rest_ = 0;  ///< descriptors of the monitor that has just begun
    unsigned short port_ = 0;  ///< of the monitor
};

/// How much longer the slowest twentieth of all signatures takes than beside mere work: for each harm the median of so
/// many runs. A run is made of slices of 1.4 s, in turn beside mere work and beside the harmed monitor, since a machine
/// that others share changes its speed by a third from one ten seconds to the next. Prints each run.
std::map<Harm, double> harm_ratios(unsigned runs, unsigned slices);

}  // namespace revenant::test
