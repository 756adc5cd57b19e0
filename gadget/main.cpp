#include <cstdlib>
#include <memory>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include "common/core/log.hpp"
#include "common/core/visible.hpp"
#include "common/service/log.hpp"
#include "common/service/run.hpp"
#include "common/tezos/base58.hpp"
#include "gadget/disk/directory.hpp"
#include "gadget/gadget.hpp"
#include "gadget/loopback/loopback_bus.hpp"
#include "gadget/options.hpp"
#include "gadget/requests/kept_marks.hpp"
#include "gadget/requests/unlocked_keys.hpp"
#include "gadget/usb/usb_bus.hpp"

namespace {

using namespace revenant;
using namespace revenant::gadget;

constexpr std::int64_t max_refill_ms = 86'400'000;  // a day

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
            throw UsageError{fmt::format("invalid chain id '{}' in chains ({}): expected a form like NetXdQprcVkpaWU",
                                         visible(name), options.origin("chains"))};
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
    settings.chains.marks.jumps.budget =
        static_cast<std::uint32_t>(options.number("jump-budget", 1, keystore::max_level));
    settings.chains.marks.jumps.refill = keystore::Uptime{options.number("jump-refill-ms", 1, max_refill_ms)};
    settings.chains.marks.reserve_levels = options.number("reserve-levels", 0, 64);
    settings.boot_id = keystore::read_boot_id();
    return settings;
}

std::unique_ptr<Bus> make_bus(const asio::any_io_executor& executor, const Options& options) {
    if (options.text("bus") == "loopback")
        return std::make_unique<LoopbackBus>(executor, options.text("run-dir"));
    UsbSettings settings;
    settings.ffs_dir = options.text("ffs-dir");
    return std::make_unique<UsbBus>(executor, settings);
}

int run(int argc, char** argv) {
    auto options = gadget_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    if (options.text("store").empty())
        throw UsageError{"no key store directory: set --store DIRECTORY"};
    const auto settings = gadget_settings(options);
    auto keystore_settings = store_settings(options);  // before the store: an invalid option must not create one
    const auto log = start_logging("gadget", {options.text("log-level"), options.text("log-file"),
                                              static_cast<std::size_t>(options.number("log-lines", 0, 100'000))});
    auto stored = service::take_stored();
    const auto pages = take_over_marks(stored);
    keystore_settings.pages = pages.get();
    keystore::Store store{std::make_unique<keystore::Directory>(options.text("store")), keystore_settings,
                          keystore::boottime_now()};
    for (const auto& sentence : store.damage())
        log::error("{}", sentence);
    auto unlocked = take_over_unlocked_keys(stored, store, !options.flag("forget-on-crash"));
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
    ::mallopt(M_ARENA_MAX, 2);  // one arena per worker would cost a small board megabytes
    return revenant::guarded_main("revenant-gadget", [&] { return run(argc, argv); });
}
