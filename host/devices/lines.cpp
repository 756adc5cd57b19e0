#include "host/devices/lines.hpp"

#include <algorithm>
#include <filesystem>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include "common/async/backoff.hpp"
#include "common/core/log.hpp"
#include "host/channel/trouble.hpp"
#include "host/link/loopback_link.hpp"
#include "host/link/usb_link.hpp"

namespace revenant::host::serve {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr auto find_interval = 30s;  // should the news of a device be lost

}  // namespace

std::vector<std::string> new_serials(const std::vector<UsbNode>& devices, const std::set<std::string>& known) {
    std::vector<std::string> serials;
    for (const auto& device : devices)
        if (!device.serial.empty() && known.count(device.serial) == 0 &&
            std::find(serials.begin(), serials.end(), device.serial) == serials.end())
            serials.push_back(device.serial);
    return serials;
}

Lines::Lines(const asio::any_io_executor& executor, const Options& options, std::vector<std::string> key_ids)
    : executor_{executor}, key_ids_{std::move(key_ids)}, news_{executor} {
    if (on_loopback(options)) {
        std::vector<std::string> directories;
        boost::split(directories, options.text("run-dir"), boost::is_any_of(":"), boost::token_compress_on);
        for (const auto& directory : directories)
            if (serials_.insert(directory).second)
                add_loopback(directory);
        return;
    }
    usb_ = open_usb(executor);
    selection_ = usb_selection(options);
    if (selection_.serial == "all")
        selection_.serial.clear();
    if (selection_.serial.empty())
        find();
    else
        add_usb(selection_);
}

void Lines::add_loopback(const std::string& directory) {
    const auto open = [executor = executor_, directory](Interface interface) {
        return open_loopback(executor, directory, interface);
    };
    const auto failure = [](DeviceChannel::Trouble trouble, const std::string& serial) {
        return loopback_failure(trouble, serial, Interface::sign);
    };
    lines_.emplace_back(executor_, Line::Way{open, failure}, news_, key_ids_);
}

void Lines::add_usb(const UsbSelection& selection) {
    const auto open = [this, selection](Interface interface) {
        return std::make_unique<UsbLink>(usb_, selection, interface);
    };
    const auto failure = [selection](DeviceChannel::Trouble trouble, const std::string& serial) {
        return usb_failure(trouble, serial, selection, Interface::sign);
    };
    lines_.emplace_back(executor_, Line::Way{open, failure}, news_, key_ids_);
}

/// Adds a line for each device that has none yet. Whether all that are there can be told apart.
bool Lines::find() {
    const auto devices = usb_devices(selection_);
    for (const auto& serial : new_serials(devices, serials_)) {
        if (lines_.size() >= most) {
            if (!std::exchange(full_told_, true))
                log::warn(
                    "the device '{}' is not served: {} are the most, with those that left; restart the signer "
                    "to forget those",
                    serial, most);
            break;
        }
        serials_.insert(serial);
        auto selection = selection_;
        selection.serial = serial;
        add_usb(selection);
    }
    return std::none_of(devices.begin(), devices.end(), [](const UsbNode& device) { return device.serial.empty(); });
}

awaitable<void> Lines::run(Line::Greeted greeted) {
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        for (auto& line : lines_)
            group.spawn(line.run(greeted));
        if (usb_ && selection_.serial.empty())
            group.spawn(watch(group, greeted));
        co_await group.finished();
    };
    co_await with_group(body);
}

awaitable<void> Lines::watch(TaskGroup& group, const Line::Greeted& greeted) {
    UsbEvents events{executor_, open_usb_news()};
    asio::steady_timer pause{executor_};
    Backoff until_named{1s, find_interval};
    for (;;) {
        const auto before = lines_.size();
        const bool all_named = find();
        if (all_named)
            until_named.reset();
        for (auto line = std::next(lines_.begin(), static_cast<std::ptrdiff_t>(before)); line != lines_.end(); ++line)
            group.spawn(line->run(greeted));
        const auto wait = all_named ? std::chrono::milliseconds{find_interval} : until_named.next();
        if (wait == find_interval && !all_named && !std::exchange(nameless_told_, true))
            log::warn(
                "a device without a serial number is not served, since it cannot be told from others: give it one "
                "(its registrar's --serial), or name another with --serial");
        pause.expires_after(wait);
        co_await (events.event() || pause.async_wait(use_awaitable));
    }
}

Line* Lines::owner(const std::string& address) {
    Line* found = nullptr;
    for (auto& line : lines_) {
        if (line.keys().count(address) == 0)
            continue;
        if (found != nullptr)
            throw Problem{409,
                          fmt::format("the key {} is on two devices, '{}' and '{}', so that both could sign at one "
                                      "height: unplug one, delete its key if it is to go on with others, and "
                                      "reload or restart the signer; until then it signs for neither",
                                      address, found->serial(), line.serial())}
                .because("key_on_two_devices");
        found = &line;
    }
    return found;
}

bool Lines::disputed(const std::string& address) const {
    return std::count_if(lines_.begin(), lines_.end(),
                         [&](const Line& line) { return line.keys().count(address) != 0; }) > 1;
}

awaitable<void> Lines::look(Deadline until) {
    for (auto& line : lines_)
        if (line.ready())
            try {
                co_await line.look(time_left(until));
            } catch (const Problem&) {
                if (lines_.size() == 1)
                    throw;  // with others, one that is ill must not keep their keys from being found
            }
}

bool Lines::acquainted() const {
    return !lines_.empty() &&
           std::all_of(lines_.begin(), lines_.end(), [](const Line& line) { return line.acquainted(); });
}

std::optional<Problem> Lines::strange() const {
    constexpr unsigned no_answer = 503;
    for (const auto& line : lines_)
        if (const auto& failed = line.look_failed(); failed && !line.acquainted() && failed->status() != no_answer)
            return failed;
    return std::nullopt;
}

void Lines::forget_absent() {
    for (auto& line : lines_)
        line.forget();
}

Problem Lines::no_device(std::chrono::milliseconds limit) const {
    if (!lines_.empty())
        return lines_.front().no_answer(limit);
    return {503, usb_failure(DeviceChannel::Trouble::absent, {}, selection_, Interface::sign).what()};
}

}  // namespace revenant::host::serve
