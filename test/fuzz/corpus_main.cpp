// Runs a fuzz target over saved inputs, with no fuzzer at hand: what was found once stays found.
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

/// The number of files below `corpus`, each of which was run; a target that finds a fault aborts.
int run_all(const std::filesystem::path& corpus) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{corpus}) {
        std::ifstream file{entry.path(), std::ios::binary};
        const std::vector<char> text{std::istreambuf_iterator<char>{file}, {}};
        const std::vector<std::uint8_t> bytes{text.begin(), text.end()};  // a copy of its exact size, for ASan
        std::fprintf(stderr, "%s\n", entry.path().c_str());               // the last one named is the one that failed
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++count;
    }
    return count;
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 2) {
        std::fputs("give the directory of the saved inputs\n", stderr);
        return EXIT_FAILURE;
    }
    const int count = run_all(argv[1]);
    std::printf("%d inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s: save inputs there with ./dev fuzz\n", error.what());
    return EXIT_FAILURE;
}
