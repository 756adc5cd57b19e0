#include <csignal>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <sodium.h>

#include "test/demo/dashboard.hpp"
#include "test/demo/scenes.hpp"

namespace {

using namespace revenant;

/// Shows the suite's main functions and failure recovery in under half a minute. Returns true only if every step
/// succeeded. Leaves nothing behind.
bool tell_story() {
    demo::Story story;
    {
        test::SuiteSettings settings;
        settings.watchdog = test::milliseconds{4000};  // the services' default is 15 s
        test::Suite suite{settings};
        demo::set_up(story, suite);
        demo::sign_everything(story, suite);
        demo::break_everything(story, suite);
        demo::take_down(story, suite);
    }
    story.print_table();
    return story.all_well();
}

void block_signals_to_end() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    ::sigaddset(&wanted, SIGINT);
    ::sigaddset(&wanted, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
}

/// "--dashboard [PORT]"
unsigned short port_in(const std::vector<std::string>& words) {
    constexpr auto usual = "20092";
    const auto text = words.size() > 1 ? words[1] : usual;
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos && !text.empty() && text.size() <= 5;
    const int port = digits ? std::stoi(text) : 0;
    if (words.front() != "--dashboard" || words.size() > 2 || port < 1 || port > 65'535)
        throw std::runtime_error{"invalid arguments: expected none for the story, or --dashboard [PORT]"};
    return static_cast<unsigned short>(port);
}

}  // namespace

int main(int argc, char** argv) try {
    const std::vector<std::string> words{argv + 1, argv + argc};
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    if (words.empty())
        return tell_story() ? EXIT_SUCCESS : EXIT_FAILURE;
    const auto port = port_in(words);
    block_signals_to_end();
    demo::show_dashboard(port);
    return EXIT_SUCCESS;
} catch (const std::exception& failure) {
    fmt::print(stderr, "demo: {}\n", failure.what());
    return EXIT_FAILURE;
}
