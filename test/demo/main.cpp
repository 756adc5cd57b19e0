#include <cstdlib>
#include <exception>

#include <fmt/core.h>
#include <sodium.h>

#include "test/demo/scenes.hpp"

/// The main job of the suite in under half a minute, with every accident that it is made for. Ends with 0 only when
/// everything was as it should be, and leaves nothing behind.
int main() try {
    using namespace revenant;
    if (sodium_init() < 0)
        return EXIT_FAILURE;
    demo::Story story;
    {
        test::SuiteSettings settings;
        settings.watchdog = test::milliseconds{4000};  // the services' own is 15 s
        test::Suite suite{settings};
        demo::set_up(story, suite);
        demo::sign_everything(story, suite);
        demo::break_everything(story, suite);
        demo::take_down(story, suite);
    }
    story.print_table();
    return story.all_well() ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (const std::exception& failure) {
    fmt::print(stderr, "demo: {}\n", failure.what());
    return EXIT_FAILURE;
}
