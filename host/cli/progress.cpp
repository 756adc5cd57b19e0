#include "host/cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "common/async/within.hpp"

namespace revenant::host {
namespace {

constexpr auto erase_line = "\r\x1b[K";  // carriage return, erase the line

void write_to_terminal(const std::string& text) {
    // Progress is optional: a failed write is ignored.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

awaitable<void> second_of_the_clock() {
    co_await sleep_for(1s);
}

}  // namespace

awaitable<void> Progress::show(std::string what) const {
    struct Line {
        const Write& write;
        bool shown = false;
        ~Line() {
            if (shown)
                write(erase_line);
        }
    } line{write_};
    for (int seconds = 1;; ++seconds) {
        co_await second_();
        line.shown = true;
        write_(fmt::format("{}{} … {} s", erase_line, what, seconds));
    }
}

Progress progress_on_terminal() {
    return {write_to_terminal, second_of_the_clock};
}

}  // namespace revenant::host
