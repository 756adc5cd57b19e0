// The command doctor: checks everything between this machine and the keys.
#include "host/cli/check_report.hpp"
#include "host/cli/commands.hpp"
#include "host/doctor/doctor.hpp"

namespace revenant::host {

awaitable<Report> doctor_visit(const Call& call, Device& /*device*/) {
    doctor::Tools tools;
    auto examination = doctor::examine(call.options, std::move(tools));
    const auto checks = co_await call.progress.during("checking", std::move(examination));
    co_return doctor::report_of(checks);
}

}  // namespace revenant::host
