// Runs a fuzz target over saved inputs without a fuzzer, as a regression test.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

/// Runs each file in `corpus` and returns their number. A target that finds a bug aborts.
int run_all(const std::filesystem::path& corpus) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{corpus}) {
        std::ifstream file{entry.path(), std::ios::binary};
        const std::vector<char> text{std::istreambuf_iterator<char>{file}, {}};
        const std::vector<std::uint8_t> bytes{text.begin(), text.end()};  // a copy of exact size, for ASan
        std::fprintf(stderr, "%s\n", entry.path().c_str());               // the last name printed is the failing input
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++count;
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::fputs("expected one argument: the directory of the saved inputs\n", stderr);
        return EXIT_FAILURE;
    }
    const int count = run_all(argv[1]);
    std::printf("%d inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s: create the inputs with ./dev fuzz\n", error.what());
    return EXIT_FAILURE;
}
