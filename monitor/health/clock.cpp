#include "monitor/health/clock.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/timex.h>

namespace revenant::monitor {

CheckResult check_clock() {
    timex kernel{};  // modes 0: read only
    const int state = ::adjtimex(&kernel);
    if (state < 0)
        return {Health::unknown, fmt::format("adjtimex failed: {}", std::strerror(errno))};
    if (state == TIME_ERROR || (kernel.status & STA_UNSYNC) != 0)
        return {Health::degraded, "not synchronised: start chrony or another time service"};
    return {Health::healthy, "synchronised"};
}

}  // namespace revenant::monitor
