#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "common/core/version.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "test/bench/bench.hpp"

namespace {

using namespace revenant;

Options declared_options() {
    Options options{"bench",
                    "Measures the whole suite on this machine and compares it with the unavoidable bare work."};
    options.add("json", "", "also write the metrics to this file")
        .add("store-dir", BENCH_STORE_DIRECTORY, "directory for the key store, on the disk to be measured")
        .add_flag("quick", "measure for half a minute only: results are rough");
    return options;
}

void describe(const Options& options, bench::Report& report) {
    utsname system{};
    ::uname(&system);
    report.describe("kernel", fmt::format("{} {} {}", system.sysname, system.release, system.machine));
    report.describe("version", version);
    report.describe("effort", options.flag("quick") ? "quick: results are rough" : "full");
}

void write_json(const std::string& file, const bench::Report& report) {
    std::ofstream out{file};
    out << boost::json::serialize(report.json()) << '\n';
    out.flush();
    if (!out)
        throw std::runtime_error{
            fmt::format("cannot write '{}': check that its directory exists and is writable", file)};
}

int run(int argc, char** argv) {
    auto options = declared_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    bench::Report report;
    describe(options, report);
    const auto effort = options.flag("quick") ? bench::Effort::quick() : bench::Effort{};
    run_until_signalled(
        [&](asio::io_context&) { return bench::measure_all(effort, options.text("store-dir"), report); });
    std::cout << report.text();
    if (const auto file = options.text("json"); !file.empty())
        write_json(file, report);
    return report.complete() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-bench", [&] { return run(argc, argv); });
}
