// No gadget thread blocks in a transfer: its event loop waits for all transfers.
#include <future>
#include <list>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "test/support/suite/level_by_level.hpp"
#include "test/vm/bare_function.hpp"

namespace revenant::test {
namespace {

namespace fs = std::filesystem;

/// wchan in /proc of each thread: the kernel function in which it sleeps; "0": not sleeping.
std::multiset<std::string> sleeping_in(pid_t pid) {
    std::multiset<std::string> places;
    for (const auto& thread : fs::directory_iterator{fmt::format("/proc/{}/task", pid)})
        places.insert(read_attribute(thread.path() / "wchan"));
    return places;
}

bool in_an_endpoint(const std::string& place) {
    return place.starts_with("ffs_");
}

/// The results of `looks` samples, 20 ms apart.
std::multiset<std::string> watch(pid_t pid, int looks) {
    std::multiset<std::string> seen;
    for (int look = 0; look < looks; ++look) {
        seen.merge(sleeping_in(pid));
        ::poll(nullptr, 0, 20);
    }
    return seen;
}

void expect_none_in_an_endpoint(const std::multiset<std::string>& seen, const char* when) {
    std::string all;
    for (auto place = seen.begin(); place != seen.end(); place = seen.upper_bound(*place)) {
        EXPECT_FALSE(in_an_endpoint(*place)) << *place << ", " << when;
        all += fmt::format(" {} x {}", seen.count(*place), *place);
    }
    fmt::print("{}:{}\n", when, all);
    EXPECT_NE(all.find("epoll"), std::string::npos) << "its event loop was never seen waiting";
}

/// Checks that the method detects a blocked thread.
void expect_a_blocked_thread_is_seen() {
    const BareFunction function;
    const BareHost host;
    const auto out = BareFunction::blocking_out();
    auto blocked = std::async(std::launch::async, [&out] {
        Bytes room(packet);
        return ::read(out.get(), room.data(), room.size());
    });
    const auto seen = watch(::getpid(), 10);
    EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), in_an_endpoint)) << "this kernel does not show it in wchan";
    host.write(Bytes(10));
    EXPECT_EQ(blocked.get(), 10);
}

TEST(endpoints, block_no_gadget_thread) {
    expect_a_blocked_thread_is_seen();
    VmBaker device;
    finish_burst(device.baker, start_burst(device.baker, 0));
    const auto gadget = device.suite.pid("gadget");
    expect_none_in_an_endpoint(watch(gadget, 50), "idle");
    Progress progress;
    std::atomic<bool> stop = false;
    std::list<LevelByLevel> bakers;
    for (const auto& key : device.baker.keys)
        bakers.emplace_back(device.baker, key, progress, stop);
    const Stop at_the_end{stop};
    ASSERT_TRUE(progress.wait_for(1, milliseconds{60'000}));
    const auto before = progress.done();
    expect_none_in_an_endpoint(watch(gadget, 50), "at work");
    EXPECT_TRUE(progress.wait_for(before + 1, milliseconds{60'000})) << "the gadget was not busy";
    stop = true;
    for (auto& one : bakers) {
        one.join();
        EXPECT_EQ(one.failure(), "");
    }
    EXPECT_EQ(device.suite.pid("gadget"), gadget);
}

}  // namespace
}  // namespace revenant::test
