#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <fmt/format.h>

#include "common/service/run.hpp"
#include "gadget/options.hpp"
#include "host/cli/options.hpp"
#include "liveness/options.hpp"
#include "manual/completions.hpp"
#include "manual/page.hpp"
#include "monitor/options.hpp"
#include "registrar/options.hpp"

namespace {

namespace fs = std::filesystem;
using namespace revenant;

std::string content(const fs::path& file) {
    std::ifstream in{file};
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
        throw std::runtime_error{fmt::format(
            "cannot read '{}': the first argument must be the directory of the page sources", file.string())};
    return text.str();
}

void write(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream out{file};
    out << text;
    out.flush();
    if (!out)
        throw std::runtime_error{fmt::format("cannot write '{}': check the mode of its directory", file.string())};
}

/// Writes the page and the completions of one program. `revenant` is in section 1, administrator programs in section 8.
void write_all(const Options& options, const fs::path& drafts, const fs::path& place) {
    const auto name = options.program_name();
    const auto file = name + (name == "revenant" ? ".1" : ".8");
    write(place / file, manual::page(options, content(drafts / (file + ".in"))));
    write(place / "bash" / name, manual::bash_completion(options));
    write(place / "zsh" / ("_" + name), manual::zsh_completion(options));
}

int run(int argc, char** argv) {
    if (argc != 3)
        throw UsageError{"expected two arguments: the directory of the page sources and the output directory"};
    for (const auto& options : {host::host_options(), gadget::gadget_options(), liveness::liveness_options(),
                                monitor::monitor_options(), registrar::registrar_options()})
        write_all(options, argv[1], argv[2]);
    return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
    return guarded_main("revenant-manual", [&] { return run(argc, argv); });
}
