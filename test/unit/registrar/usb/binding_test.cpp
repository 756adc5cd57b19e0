#include "registrar/usb/binding.hpp"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"
#include "test/unit/registrar/usb/fake_kernel.hpp"
#include "test/unit/registrar/usb/fake_udc.hpp"

namespace revenant::registrar {
namespace {

using namespace test;

TEST(binding_pauses, pauses_double_then_stay_slow) {
    BindingPauses pauses{BindingPace{}};
    for (int round = 0; round < 2; ++round) {
        for (const auto expected : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms, 1000ms, 5000ms, 5000ms})
            EXPECT_EQ(pauses.next(), expected);
        pauses.reset();
    }
}

class binding : public ::testing::Test {
protected:
    binding() {
        pace_.first = 1ms;
        pace_.longest = 2ms;
        pace_.slow = 3ms;
    }
    template <typename Body>
    void with_binding(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            std::optional<Binding> subject;
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                subject.emplace(
                    executor, udc_.port(), pace_, [this] { ++changes_; }, [this] { ++off_bus_; });
                tasks.spawn(subject->run());
                co_await body(*subject);
            };
            co_await with_group(both);
        });
    }
    static awaitable<void> reaches(Binding& subject, std::string state) {
        co_await until([&] { return subject.state() == state; });
    }

    FakeUdc udc_;
    BindingPace pace_;
    int changes_ = 0, off_bus_ = 0;
};

TEST_F(binding, available_controller_is_bound) {
    with_binding([&](Binding& subject) -> awaitable<void> {
        EXPECT_EQ(subject.state(), "starting");
        co_await reaches(subject, "bound to dummy_udc.0");
        EXPECT_EQ(subject.controller(), "dummy_udc.0");
        EXPECT_EQ(subject.reason(), "");
        EXPECT_EQ(subject.counters().binds, 1U);
        EXPECT_EQ(changes_, 1);
        co_await settle();
        EXPECT_EQ(udc_.attempts, 1);
    });
    EXPECT_EQ(udc_.attribute(), "dummy_udc.0");  // a restart keeps the device on the bus
    EXPECT_EQ(udc_.unbinds, 0);
}

TEST_F(binding, existing_binding_is_kept) {
    udc_.write("dwc2.usb");
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "bound to dwc2.usb");
        co_await settle();
        EXPECT_EQ(udc_.attempts, 0);
        EXPECT_EQ(subject.counters().binds, 0U);
    });
}

TEST_F(binding, missing_controller_is_awaited) {
    udc_.plug("");
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "no UDC");
        EXPECT_EQ(subject.reason(),
                  "there is no USB device controller: plug it in, or load its driver (dwc2, dwc3, dummy_hcd)");
        EXPECT_EQ(udc_.attempts, 0);
        udc_.plug("late_udc");
        co_await reaches(subject, "bound to late_udc");
        EXPECT_EQ(subject.reason(), "");
    });
}

TEST_F(binding, taken_controller_is_retried) {
    udc_.take("the gadget 'g2'");
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "taken");
        EXPECT_EQ(subject.reason(),
                  "the controller 'dummy_udc.0' is taken by the gadget 'g2': unbind that, or choose another --udc");
        co_await until([&] { return udc_.attempts >= 4; });
        EXPECT_EQ(changes_, 1);  // reported once
        udc_.take("");
        co_await reaches(subject, "bound to dummy_udc.0");
    });
}

TEST_F(binding, other_bind_error_is_reported) {
    udc_.bind_error = EINVAL;
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "refused");
        EXPECT_EQ(subject.reason(),
                  "the controller 'dummy_udc.0' refuses the gadget: Invalid argument: see the kernel log");
    });
}

TEST_F(binding, look_does_not_speed_up_attempts) {
    udc_.bind_error = EINVAL;
    pace_.first = 1h;
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "refused");
        for (int count = 0; count < 10; ++count) {
            subject.look();
            co_await settle();
        }
        EXPECT_EQ(udc_.attempts, 1);
    });
}

TEST_F(binding, emptied_attribute_is_rebound) {
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "bound to dummy_udc.0");
        udc_.write("");
        subject.look();
        co_await until([&] { return subject.counters().binds == 2; });
        EXPECT_EQ(subject.counters().losses, 1U);
        EXPECT_EQ(off_bus_, 1) << "reported even if ep0 does not report it";
        EXPECT_EQ(udc_.attribute(), "dummy_udc.0");
    });
}

TEST_F(binding, emptied_attribute_is_found_by_polling) {
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "bound to dummy_udc.0");
        udc_.write("");
        co_await turn_clock(pace_.look);
        co_await until([&] { return subject.counters().binds == 2; });
    });
}

TEST_F(binding, stable_binding_resets_pauses) {
    pace_.longest = 1ms;
    pace_.slow = 1h;
    with_binding([&](Binding& subject) -> awaitable<void> {
        for (std::uint64_t count = 1; count <= 4; ++count) {  // without the reset the second pause would be an hour
            co_await until([&] { return subject.counters().binds == count; });
            co_await turn_clock(pace_.stable);
            udc_.write("");
            subject.look();
        }
    });
}

TEST_F(binding, short_binding_continues_pauses) {
    pace_.longest = 1ms;
    pace_.slow = 1h;
    with_binding([&](Binding& subject) -> awaitable<void> {
        for (std::uint64_t count = 1; count <= 2; ++count) {
            co_await until([&] { return subject.counters().binds == count; });
            co_await turn_clock(pace_.stable - 1s);
            udc_.write("");
            subject.look();
        }
        co_await until([&] { return subject.counters().losses == 2; });
        co_await turn_clock(pace_.slow - 1min);
        EXPECT_EQ(subject.counters().binds, 2U);
        co_await turn_clock(1min);
        co_await until([&] { return subject.counters().binds == 3; });
    });
}

TEST_F(binding, bind_again_unbinds_and_binds) {
    with_binding([&](Binding& subject) -> awaitable<void> {
        co_await reaches(subject, "bound to dummy_udc.0");
        subject.bind_again();
        co_await until([&] { return subject.counters().binds == 2; });
        EXPECT_EQ(udc_.unbinds, 1);
        EXPECT_EQ(subject.counters().losses, 0U);
        EXPECT_EQ(off_bus_, 1);
        co_await settle();
        EXPECT_EQ(udc_.unbinds, 1);
        udc_.unbind_error = EBUSY;
        subject.bind_again();
        co_await until([&] { return udc_.unbinds == 2; });
        co_await settle();
        EXPECT_EQ(subject.state(), "bound to dummy_udc.0");
        EXPECT_EQ(udc_.unbinds, 2);
    });
}

class configfs_udc : public ::testing::Test {
protected:
    configfs_udc() {
        std::filesystem::create_directories(settings_.gadget_dir());
        std::filesystem::create_directories(settings_.gadgets_dir() / "g2");
        put(settings_.udc_attribute(), "");
        put(settings_.gadgets_dir() / "g2" / "UDC", "second.usb");
        for (const auto* controller : {"second.usb", "first.usb"})
            std::filesystem::create_directories(settings_.udc_dir / controller);
        put(settings_.udc_dir / "first.usb" / "function", "g_ether");
    }
    TemporaryDirectory directory_;
    UsbSettings settings_ = fake_settings(directory_.path());
};

TEST_F(configfs_udc, attribute_is_read_and_written) {
    ConfigfsUdc udc{settings_};
    EXPECT_EQ(udc.bound(), "");
    EXPECT_EQ(udc.bind("first.usb"), 0);
    EXPECT_EQ(udc.bound(), "first.usb");
    EXPECT_EQ(line_of(settings_.udc_attribute()), "first.usb");
    EXPECT_EQ(udc.unbind(), 0);
    EXPECT_EQ(udc.bound(), "");
}

TEST_F(configfs_udc, first_or_configured_controller_is_used) {
    EXPECT_EQ(ConfigfsUdc{settings_}.available(), "first.usb");
    settings_.udc = "second.usb";
    EXPECT_EQ(ConfigfsUdc{settings_}.available(), "second.usb");
    settings_.udc = "third.usb";
    EXPECT_EQ(ConfigfsUdc{settings_}.available(), "");
    settings_.udc_dir = directory_.path() / "none";
    EXPECT_EQ(ConfigfsUdc{settings_}.available(), "");
}

TEST_F(configfs_udc, taken_by_names_other_user) {
    const ConfigfsUdc udc{settings_};
    EXPECT_EQ(udc.taken_by("second.usb"), "the gadget 'g2'");
    EXPECT_EQ(udc.taken_by("first.usb"), "the driver 'g_ether'");
    put(settings_.udc_attribute(), "third.usb");
    EXPECT_EQ(udc.taken_by("third.usb"), "");  // bound to this gadget
}

TEST_F(configfs_udc, missing_gadget_throws) {
    settings_.gadget_name = "absent";
    try {
        const ConfigfsUdc udc{settings_};
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string{error.what()}.find("No such file or directory: run `revenant-registrar setup` first"),
                  std::string::npos);
    }
}

}  // namespace
}  // namespace revenant::registrar
