#include "test/vm/tezsign_registrar.hpp"

#include <array>
#include <csignal>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "common/service/run.hpp"
#include "registrar/options.hpp"
#include "registrar/registrar.hpp"
#include "registrar/usb/parts.hpp"
#include "registrar/usb/privileges.hpp"

namespace revenant::test {
namespace {

constexpr std::uint8_t standard_in_interface = 0x81;

class TezsignEp0 final : public registrar::Ep0File {
public:
    explicit TezsignEp0(std::unique_ptr<registrar::Ep0File> file) : file_{std::move(file)} {}

    ssize_t read(std::span<std::uint8_t> into) override {
        const auto size = file_->read(into);
        const auto event = size < 0 ? std::nullopt : registrar::parse_event(into.first(static_cast<std::size_t>(size)));
        if (!event || event->kind != FUNCTIONFS_SETUP || event->setup.front() == standard_in_interface)
            return size;
        file_->write({});
        return -EINTR;  // the caller reads the next event
    }
    ssize_t write(std::span<const std::uint8_t> bytes) override { return file_->write(bytes); }
    void wait(int stop, std::chrono::milliseconds limit) override { file_->wait(stop, limit); }

private:
    std::unique_ptr<registrar::Ep0File> file_;
};

int run_registrar() {
    auto options = registrar::registrar_options();
    std::array<const char*, 5> words{"registrar", "--gadget-user", "revenant-gadget", "--registrar-user",
                                     "revenant-registrar"};
    options.parse(static_cast<int>(words.size()), words.data(), environ);
    const auto settings = registrar::usb_settings(options);
    auto parts = registrar::open_usb(settings);
    parts.ep0 = std::make_unique<TezsignEp0>(std::move(parts.ep0));
    registrar::drop_privileges(settings.registrar_user,
                               registrar::existing_groups({"revenant-enabled", "revenant-ready"}));
    return run_until_signalled([&](asio::io_context&) {
        return registrar::run_usb_registrar(options.text("run-dir"), settings.gadget_user.uid, std::move(parts));
    });
}

}  // namespace

TezsignRegistrar::TezsignRegistrar() : process_{checked(::fork(), "fork")} {
    if (process_ == 0)
        ::_exit(guarded_main("tezsign-registrar", &run_registrar));
}

TezsignRegistrar::~TezsignRegistrar() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
}

}  // namespace revenant::test
