// The registrar on a USB bus with a fake kernel.
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "common/net/run_directory.hpp"
#include "common/net/unix_listener.hpp"
#include "registrar/registrar.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/service_manager.hpp"
#include "test/support/basics/status_reader.hpp"
#include "test/unit/registrar/ep0/fake_ep0.hpp"
#include "test/unit/registrar/usb/fake_kernel.hpp"
#include "test/unit/registrar/usb/fake_udc.hpp"

namespace revenant::registrar {
namespace {

using namespace test;
namespace fs = std::filesystem;

class usb_registrar : public ::testing::Test {
protected:
    template <typename Body>
    void with_registrar(Body body) {
        run([&]() -> awaitable<void> {
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                tasks.spawn(run_usb_registrar(directory_.path(), ::geteuid(), parts()));
                co_await until([&] { return fs::exists(at("status.sock")); });
                co_await body();
            };
            co_await with_group(both);
        });
    }
    UsbParts parts() {
        UsbParts parts;
        parts.ep0 = ep0_.file();
        parts.udc = udc_.port();
        parts.udc_attribute = attribute_;
        parts.pace.first = 1ms;
        return parts;
    }
    [[nodiscard]] fs::path at(const std::string& name) const { return directory_.path() / "registrar" / name; }
    [[nodiscard]] bool announced() const { return fs::exists(at("enabled.sock")); }

    TemporaryDirectory directory_;
    fs::path attribute_;
    FakeEp0 ep0_{true};
    FakeUdc udc_;
};

TEST_F(usb_registrar, registrar_binds_announces_and_answers) {
    with_registrar([&]() -> awaitable<void> {
        StatusReader status{co_await connect(at("status.sock"))};
        auto line = co_await status.next_with("binding", "bound to dummy_udc.0");
        EXPECT_EQ(line.at("bus"), "usb");
        EXPECT_EQ(line.at("state"), "unplugged");
        EXPECT_EQ(line.at("udc"), "dummy_udc.0");
        EXPECT_EQ(line.at("binds"), 1);
        EXPECT_EQ(line.at("adopted"), false);
        EXPECT_EQ(ep0_.taken().size(), 2U);

        ep0_.event(FUNCTIONFS_BIND);
        ep0_.event(FUNCTIONFS_ENABLE);
        line = co_await status.next_with("state", "enabled");
        auto gadget = co_await connect(at("enabled.sock"));
        EXPECT_EQ(co_await read_bytes(gadget, 1), "E");
        ep0_.event(FUNCTIONFS_RESUME);
        EXPECT_EQ(co_await read_bytes(gadget, 1), "E");

        ep0_.event(FUNCTIONFS_SETUP, probe_setup);
        co_await until([&] { return ep0_.heard().size() == 1; });
        prepare_run_directory(directory_.path(), "liveness");
        UnixListener liveness{co_await asio::this_coro::executor, directory_.path() / "liveness" / "ready.sock",
                              SocketAccess{}};
        auto verdict = co_await liveness.accept();
        co_await status.next_with("ready", true);
        ep0_.event(FUNCTIONFS_SETUP, probe_setup);
        ep0_.event(FUNCTIONFS_SETUP, foreign_in);
        co_await until([&] { return ep0_.heard().size() == 3; });
        EXPECT_EQ(ep0_.heard().at(0), answer_not_ready);
        EXPECT_EQ(ep0_.heard().at(1), answer_ready);
        EXPECT_EQ(ep0_.heard().at(2), "stall");

        ep0_.event(FUNCTIONFS_SUSPEND);
        line = co_await status.next_with("state", "unplugged");
        EXPECT_FALSE(announced());
        EXPECT_EQ(co_await read_to_end(gadget), "");
        EXPECT_EQ(line.at("setups"), 3);
        EXPECT_EQ(line.at("stalls"), 1);
        EXPECT_EQ(line.at("interrupted"), 0);
        EXPECT_EQ(line.at("events").at("resume"), 1);
        EXPECT_EQ(line.at("events").at("setup"), 3);
    });
    EXPECT_EQ(udc_.attribute(), "dummy_udc.0");  // still bound: the next registrar adopts it
    EXPECT_EQ(ep0_.closed(), 1);
    EXPECT_TRUE(fs::is_empty(at("")));
}

TEST_F(usb_registrar, bound_active_ep0_is_adopted_as_enabled) {
    FakeEp0 living;
    run([&]() -> awaitable<void> {
        udc_.write("dummy_udc.0");
        auto adopted = parts();
        adopted.ep0 = living.file();
        const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(run_usb_registrar(directory_.path(), ::geteuid(), std::move(adopted)));
            co_await until([&] { return announced(); });
            StatusReader status{co_await connect(at("status.sock"))};
            const auto line = co_await status.next_with("binding", "bound to dummy_udc.0");
            EXPECT_EQ(line.at("adopted"), true);
            EXPECT_EQ(udc_.attempts, 0);
        };
        co_await with_group(both);
    });
    EXPECT_TRUE(living.taken().empty());
}

TEST_F(usb_registrar, unbound_active_ep0_is_bound_and_waits) {
    FakeEp0 living;
    living.event(FUNCTIONFS_ENABLE);  // sent before it was unbound
    run([&]() -> awaitable<void> {
        auto adopted = parts();
        adopted.ep0 = living.file();
        const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(run_usb_registrar(directory_.path(), ::geteuid(), std::move(adopted)));
            co_await until([&] { return udc_.attempts == 1; });
            co_await settle();
            EXPECT_FALSE(announced());
        };
        co_await with_group(both);
    });
}

TEST_F(usb_registrar, gadget_request_rebinds) {
    with_registrar([&]() -> awaitable<void> {
        co_await until([&] { return !udc_.attribute().empty(); });
        ep0_.event(FUNCTIONFS_ENABLE);
        co_await until([&] { return announced(); });
        auto gadget = co_await connect(at("enabled.sock"));
        co_await write(gadget, "R");
        co_await until([&] { return udc_.attempts == 2; });
        EXPECT_EQ(udc_.unbinds, 1);
        StatusReader status{co_await connect(at("status.sock"))};
        const auto line = co_await status.next_with("binds", 2);
        EXPECT_EQ(line.at("rebinds"), 1);
        EXPECT_EQ(line.at("binding_losses"), 0);
    });
}

TEST_F(usb_registrar, unbind_event_checks_attribute) {
    with_registrar([&]() -> awaitable<void> {
        co_await until([&] { return !udc_.attribute().empty(); });
        co_await settle();
        udc_.write("");
        ep0_.event(FUNCTIONFS_UNBIND);
        co_await until([&] { return udc_.attempts == 2; });
    });
}

TEST_F(usb_registrar, foreign_attribute_write_is_detected) {
    attribute_ = directory_.path() / "UDC";
    put(attribute_, "dummy_udc.0");
    with_registrar([&]() -> awaitable<void> {
        co_await until([&] { return !udc_.attribute().empty(); });
        co_await settle();
        udc_.write("");
        put(attribute_, "");
        co_await until([&] { return udc_.attempts == 2; });
    });
}

TEST_F(usb_registrar, missing_controller_keeps_running) {
    udc_.plug("");
    with_registrar([&]() -> awaitable<void> {
        StatusReader status{co_await connect(at("status.sock"))};
        const auto line = co_await status.next_with("binding", "no UDC");
        EXPECT_NE(line.at("reason").as_string().find("there is no USB device controller"), std::string::npos);
        EXPECT_EQ(line.at("udc"), "");
    });
}

TEST_F(usb_registrar, service_manager_gets_binding_status) {
    udc_.plug("");
    run([&]() -> awaitable<void> {
        ServiceManager manager{co_await asio::this_coro::executor};
        const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(run_usb_registrar(directory_.path(), ::geteuid(), parts()));
            auto said = co_await manager.next();
            if (!said.starts_with("READY=1"))  // a status from before the first check
                said = co_await manager.next();
            EXPECT_TRUE(said.starts_with("READY=1\nSTATUS=there is no USB device controller")) << said;
            udc_.plug("dummy_udc.0");
            EXPECT_EQ(co_await manager.next(), "STATUS=unplugged");
            ep0_.event(FUNCTIONFS_ENABLE);
            EXPECT_EQ(co_await manager.next(), "STATUS=enabled");
        };
        co_await with_group(both);
    });
}

TEST_F(usb_registrar, failed_ep0_ends_program) {
    ep0_.fail_read(EBADFD);  // once active
    std::string complaint;
    try {
        run([&]() -> awaitable<void> { co_await run_usb_registrar(directory_.path(), ::geteuid(), parts()); });
    } catch (const std::runtime_error& error) {
        complaint = error.what();
    }
    EXPECT_NE(complaint.find("ep0 failed"), std::string::npos) << complaint;
}

class open_usb_parts : public ::testing::Test {
protected:
    open_usb_parts() {
        fs::create_directories(settings_.gadget_dir());
        fs::create_directories(settings_.ffs_dir);
        put(settings_.udc_attribute(), "");
        put(settings_.ep0(), "");
        put(settings_.ffs_dir / "ep1", "");
    }
    std::string refusal() {
        try {
            open_usb(settings_);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "";
    }
    TemporaryDirectory directory_;
    UsbSettings settings_ = fake_settings(directory_.path());
};

TEST_F(open_usb_parts, parts_of_setup_are_opened) {
    put(settings_.udc_attribute(), "dummy_udc.0");
    const auto parts = open_usb(settings_);
    EXPECT_TRUE(parts.ep0 && parts.udc);
    EXPECT_EQ(line_of(settings_.udc_attribute()), "dummy_udc.0");
}

TEST_F(open_usb_parts, second_registrar_is_rejected) {
    const auto first = open_usb(settings_);
    put(settings_.udc_attribute(), "dummy_udc.0");
    EXPECT_NE(refusal().find("already serves '" + settings_.ep0().string() + "': stop it first"), std::string::npos);
    EXPECT_EQ(line_of(settings_.udc_attribute()), "dummy_udc.0");
}

TEST_F(open_usb_parts, lock_is_released_at_end) {
    { const auto first = open_usb(settings_); }
    EXPECT_EQ(refusal(), "");
}

TEST_F(open_usb_parts, missing_functionfs_throws) {
    const auto expected =
        "there is no FunctionFS at '" + settings_.ffs_dir.string() + "': run `revenant-registrar setup` first";
    fs::remove(settings_.ep0());
    EXPECT_EQ(refusal(), expected);
    fs::remove_all(settings_.ffs_dir);
    EXPECT_EQ(refusal(), expected);
}

TEST_F(open_usb_parts, bound_gadget_without_endpoints_is_unbound) {
    put(settings_.udc_attribute(), "dummy_udc.0");
    fs::remove(settings_.ffs_dir / "ep1");
    open_usb(settings_);
    EXPECT_EQ(line_of(settings_.udc_attribute()), "");
}

}  // namespace
}  // namespace revenant::registrar
