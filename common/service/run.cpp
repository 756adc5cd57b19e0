#include "common/service/run.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include <boost/asio/signal_set.hpp>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/service/notify.hpp"
#include "common/service/options.hpp"

namespace revenant {
namespace {

/// Prints to standard error, with the "<3>" prefix (error, sd-daemon(3)) under journald, as for log lines.
void complain(const char* program, const char* sentence) {
    std::fprintf(stderr, "%s%s: %s\n", service::logs_to_journal() ? "<3>" : "", program, sentence);
}

/// Whether SIGHUP means that the terminal is gone. A service manager sends it for a reload, nohup(1) ignores it.
bool terminal_may_end_program() {
    struct sigaction hang_up {};
    ::sigaction(SIGHUP, nullptr, &hang_up);
    return !service::managed() && hang_up.sa_handler != SIG_IGN;
}

}  // namespace

int run_until_signalled(const std::function<awaitable<void>(asio::io_context&)>& daemon, unsigned grace_seconds) {
    asio::io_context io{1};  // one thread: no strands, no locks
    asio::cancellation_signal stop;
    asio::signal_set signals{io, SIGTERM, SIGINT};
    if (terminal_may_end_program())
        signals.add(SIGHUP);
    std::exception_ptr failure;

    const auto on_end = [&](std::exception_ptr error) {
        failure = error;
        signals.cancel();  // the last pending operation, so run() returns
    };
    asio::co_spawn(io, daemon(io), asio::bind_cancellation_slot(stop.slot(), on_end));

    bool asked = false;
    signals.async_wait([&](error_code error, int) {
        if (error)
            return;
        asked = true;
        service::stopping();
        ::alarm(grace_seconds);  // SIGALRM has its default action; a timer on a stuck loop would not fire
        stop.emit(asio::cancellation_type::terminal);
    });

    io.run();
    try {
        if (failure)
            std::rethrow_exception(failure);
    } catch (const system_error& error) {
        if (!asked || error.code() != asio::error::operation_aborted)
            throw;
    }
    return EXIT_SUCCESS;
}

int guarded_main(const char* program, const std::function<int()>& body) {
    try {
        if (sodium_init() < 0)
            throw std::runtime_error{"cannot initialize libsodium: the system provides no random numbers"};
        ::signal(SIGPIPE, SIG_IGN);
        const rlimit no_core{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        ::prctl(PR_SET_DUMPABLE, 0);  // no core dump, and no debugger of the same user
        return body();
    } catch (const UsageError& error) {
        complain(program, error.what());
        return exit_usage;
    } catch (const system_error& error) {
        complain(program, error.code().message().c_str());  // what() contains a source path
    } catch (const std::exception& error) {
        complain(program, error.what());
    }
    return exit_failed;
}

}  // namespace revenant
