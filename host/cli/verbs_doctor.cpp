// The verb doctor: what is well and what is not, between this machine and the keys.
#include "host/cli/check_report.hpp"
#include "host/cli/verbs.hpp"
#include "host/doctor/doctor.hpp"

namespace revenant::host {

awaitable<Report> doctor_visit(const Call& call, Device& /*device*/) {
    doctor::Tools tools;
    auto examination = doctor::examine(call.options, std::move(tools));
    const auto checks = co_await call.progress.during("looking at all of it", std::move(examination));
    co_return doctor::report_of(checks);
}

}  // namespace revenant::host
