#include <cstdlib>
#include <memory>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/service/log.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "common/tezos/base58.hpp"
#include "gadget/gadget.hpp"
#include "gadget/keystore/directory.hpp"
#include "gadget/loopback_bus.hpp"
#include "gadget/unlocked_keys.hpp"
#include "gadget/usb_bus.hpp"

namespace {

using namespace revenant;

Options declare_options() {
    Options options{"gadget",
                    "revenant-gadget: answers the host over the USB function's endpoints; holds the keys and signs."};
    options.add("bus", "usb", "how the host is reached: usb, or loopback (unix sockets, no hardware)")
        .add("ffs-dir", "/run/revenant-ffs", "where FunctionFS is mounted: the endpoint files ep1 to ep4 (usb)")
        .add("run-dir", default_run_directory(), "where the suite's sockets are")
        .add("store", ::geteuid() == 0 ? "/var/lib/revenant" : "",
             "the directory that holds the keys; made if it is absent")
        .add_flag("forget-on-crash",
                  "lock all keys when this process dies, even if a service manager could keep them unlocked")
        .add("payload-limit", "1048576", "largest request, in bytes; a larger one is refused")
        .add("signing-workers", "8", "signatures that are computed at once")
        .add("signing-queue", "64", "signing requests that wait; one more is answered busy")
        .add("management-queue", "16", "management requests that wait; one more is answered busy")
        .add("jump-budget", "432000", "levels that a key may skip without its passphrase; one comes back every 3 s")
        .add("chains", "",
             "chain ids (Net…), separated by commas, that are admitted beyond the eight that each key may have")
        .add("log-level", "info", "trace, debug, info, warning, error, critical or off")
        .add("log-file", "", "also log into this file (1 MiB, three of them)")
        .add("log-lines", "1000", "newest lines kept in memory for the logs request");
    return options;
}

std::vector<keystore::ChainId> admitted_chains(const Options& options) {
    std::vector<std::string> names;
    const auto text = options.text("chains");
    boost::split(names, text, boost::is_any_of(", "), boost::token_compress_on);
    std::vector<keystore::ChainId> chains;
    for (const auto& name : names) {
        if (name.empty())
            continue;
        const auto bytes = tezos::base58::decode(tezos::base58::chain_id, name);
        if (!bytes)
            throw UsageError{fmt::format("the setting chains has '{}' ({}): a chain id is like NetXdQprcVkpaWU", name,
                                         options.origin("chains"))};
        std::copy(bytes->begin(), bytes->end(), chains.emplace_back().begin());
    }
    return chains;
}

GadgetSettings gadget_settings(const Options& options) {
    return {options.text("run-dir"), static_cast<std::size_t>(options.number("payload-limit", 1024, 25 << 20)),
            static_cast<std::size_t>(options.number("signing-workers", 1, 64)),
            static_cast<std::size_t>(options.number("signing-queue", 0, 1024)),
            static_cast<std::size_t>(options.number("management-queue", 0, 256))};
}

keystore::StoreSettings store_settings(const Options& options) {
    keystore::StoreSettings settings;
    settings.chains.admitted = admitted_chains(options);
    settings.chains.jump_budget = static_cast<std::uint32_t>(options.number("jump-budget", 0, keystore::max_level));
    settings.boot_id = keystore::read_boot_id();
    return settings;
}

void check_bus(const Options& options) {
    const auto bus = options.text("bus");
    if (bus != "usb" && bus != "loopback")
        throw UsageError{
            fmt::format("the setting bus is '{}' ({}): it takes usb or loopback", bus, options.origin("bus"))};
}

std::unique_ptr<Bus> make_bus(const asio::any_io_executor& executor, const Options& options) {
    if (options.text("bus") == "loopback")
        return std::make_unique<LoopbackBus>(executor, options.text("run-dir"));
    UsbSettings settings;
    settings.ffs_dir = options.text("ffs-dir");
    return std::make_unique<UsbBus>(executor, settings);
}

int run(int argc, char** argv) {
    auto options = declare_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    check_bus(options);
    if (options.text("store").empty())
        throw UsageError{"no store is named: give --store DIRECTORY, where the keys are to be kept"};
    const auto settings = gadget_settings(options);
    const auto keystore_settings = store_settings(options);  // before the store: a wrong word must not make one
    const auto log = start_logging("gadget", {options.text("log-level"), options.text("log-file"),
                                              static_cast<std::size_t>(options.number("log-lines", 0, 100'000))});
    keystore::Store store{std::make_unique<keystore::Directory>(options.text("store")), keystore_settings,
                          keystore::boottime_now()};
    for (const auto& sentence : store.damage())
        spdlog::error("{}", sentence);
    auto unlocked = take_over_unlocked_keys(store, !options.flag("forget-on-crash"));
    KeyRing keys{std::move(unlocked.handover)};
    for (auto& key : unlocked.keys)
        keys.add(std::move(key));
    const auto restored = keys.size();
    return run_until_signalled([&](asio::io_context& io) -> awaitable<void> {
        const auto bus = make_bus(io.get_executor(), options);
        Gadget gadget{io.get_executor(), settings, *bus, store, keys, log, restored};
        co_await gadget.run();
    });
}

}  // namespace

int main(int argc, char** argv) {
    ::mallopt(M_ARENA_MAX, 2);  // an arena for each worker would cost a small board megabytes
    return revenant::guarded_main("revenant-gadget", [&] { return run(argc, argv); });
}
