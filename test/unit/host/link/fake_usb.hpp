#pragma once

#include <algorithm>
#include <deque>
#include <fstream>
#include <list>
#include <map>
#include <string>

#include <boost/asio/post.hpp>

#include "common/core/bytes.hpp"
#include "host/link/usb_backend.hpp"
#include "host/link/usb_bus.hpp"
#include "host/link/usb_devices.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::test {

using host::UsbInterface;
using host::UsbResult;
using host::UsbTransfer;

/// A fake USB: a tree like sysfs, and device nodes whose behaviour the test sets. Single-threaded, one loop.
class FakeUsb {
public:
    /// A device. Its behaviour may be changed at any time.
    struct Device {
        UsbResult open = UsbResult::done, claim = UsbResult::done, control = UsbResult::done, reset = UsbResult::done;
        UsbResult submit = UsbResult::done, clear_halt = UsbResult::done;
        std::vector<UsbInterface> interfaces{{2, 0x86, 0x07, 512}, {5, 0x81, 0x02, 512}};
        Bytes reply{'T', 'Z', 'S', 'G', 1, 0, 1, 0};
        std::uint8_t answered = 0;  ///< the only bmRequestType that is answered; 0: each. Others succeed without data
        bool mute = false;          ///< control transfers stay in flight
        bool takes_writes = true;   ///< otherwise they stay in flight
        UsbResult write = UsbResult::done;  ///< result of the next one
        std::size_t taken = 0;              ///< bytes accepted of a failed write
        std::deque<Bytes> to_host{};        ///< one per read
        // Recorded calls.
        std::size_t read_room = 0;
        int opens = 0, closes = 0, resets = 0, cancels = 0;
        std::vector<std::uint8_t> claimed{}, released{}, halts_cleared{};
        std::map<std::uint8_t, const void*> holders{};  ///< the handle that holds an interface
        std::vector<Bytes> setups{}, written{};
        std::vector<bool> zero_packets{};
    };

    explicit FakeUsb(asio::io_context& io) : io_{io} {}

    /// Plugs in a device at `port`, with address `address` on bus 1.
    Device& plug(const std::string& port, const std::string& serial, int address, const std::string& vendor = "9997",
                 const std::string& product = "0001") {
        const auto directory = places().devices / port;
        std::filesystem::create_directories(directory);
        const auto put = [&](const char* name, const std::string& text) {
            std::ofstream{directory / name} << text << '\n';
        };
        put("idVendor", vendor);
        put("idProduct", product);
        put("busnum", "1");
        put("devnum", std::to_string(address));
        if (!serial.empty())
            put("serial", serial);
        return devices_[node(address)];
    }
    /// Unplugs it: all transfers end, and the node cannot be opened.
    void unplug(const std::string& port, int address) {
        std::filesystem::remove_all(places().devices / port);
        devices_[node(address)].open = UsbResult::gone;
        devices_[node(address)].submit = UsbResult::gone;
        end_all(devices_[node(address)], UsbResult::gone);
    }
    [[nodiscard]] host::UsbPaths places() const { return {directory_.path() / "devices", directory_.path() / "bus"}; }
    [[nodiscard]] std::filesystem::path node(int address) const {
        const auto digits = std::to_string(address);
        return places().nodes / "001" / (std::string(3 - digits.size(), '0') + digits);
    }

    /// Ends the transfers in flight on an endpoint, or on all.
    void end(Device& device, std::uint8_t endpoint, UsbResult how) {
        for (auto at = flights_.begin(); at != flights_.end();) {
            const auto flight = *at++;
            if (flight.device == &device && flight.transfer->endpoint == endpoint)
                end(flight, how, 0);
        }
    }
    void end_all(Device& device, UsbResult how) {
        for (auto at = flights_.begin(); at != flights_.end();) {
            const auto flight = *at++;
            if (flight.device == &device)
                end(flight, how, 0);
        }
    }
    /// Completes the transfers in flight that are due.
    void move(Device& device) {
        for (auto at = flights_.begin(); at != flights_.end();) {
            const auto flight = *at++;
            auto& transfer = *flight.transfer;
            if (flight.device != &device)
                continue;
            if ((transfer.endpoint & 0x80) != 0 && !device.to_host.empty()) {
                const auto bytes = std::move(device.to_host.front());
                device.to_host.pop_front();
                std::copy(bytes.begin(), bytes.end(), transfer.buffer.begin());
                end(flight, UsbResult::done, bytes.size());
            } else if (transfer.endpoint == 0 && !device.mute) {
                const bool empty = device.answered != 0 && device.answered != transfer.buffer.front();
                const auto reply = empty ? Bytes{} : device.reply;
                std::copy(reply.begin(), reply.end(), transfer.buffer.begin() + 8);
                end(flight, device.control, device.control == UsbResult::done ? reply.size() : 0);
            } else if (transfer.endpoint != 0 && (transfer.endpoint & 0x80) == 0 && device.takes_writes) {
                const auto how = std::exchange(device.write, UsbResult::done);
                if (how == UsbResult::done) {
                    device.written.emplace_back(transfer.buffer.begin(), transfer.buffer.end());
                    device.zero_packets.push_back(transfer.zero_packet);
                }
                end(flight, how, how == UsbResult::done ? transfer.buffer.size() : device.taken);
            }
        }
    }
    [[nodiscard]] std::size_t in_flight() const { return flights_.size(); }

    bool keeps_cancelled = false;  ///< cancelled transfers never end
    int turns = 0;

    [[nodiscard]] std::unique_ptr<host::UsbBackend> backend() { return std::make_unique<Backend>(*this); }

private:
    struct PendingTransfer {
        Device* device;
        const void* handle;
        UsbTransfer* transfer;
        bool cancelled = false;
    };

    class Handle final : public host::UsbHandle {
    public:
        Handle(FakeUsb& usb, Device& device) : usb_{usb}, device_{device} { ++device_.opens; }
        ~Handle() override {
            ++device_.closes;
            std::erase_if(device_.holders, [this](const auto& holder) { return holder.second == this; });
            usb_.flights_.remove_if([this](const PendingTransfer& flight) { return flight.handle == this; });
        }
        [[nodiscard]] std::vector<UsbInterface> interfaces() const override { return device_.interfaces; }
        UsbResult claim(std::uint8_t interface) override {
            device_.claimed.push_back(interface);
            if (device_.claim != UsbResult::done)
                return device_.claim;
            return hold(interface) ? UsbResult::done : UsbResult::held;
        }
        UsbResult release(std::uint8_t interface) override {
            device_.released.push_back(interface);
            return device_.holders.erase(interface) != 0 ? UsbResult::done : UsbResult::gone;
        }
        UsbResult clear_halt(std::uint8_t endpoint) override {
            device_.halts_cleared.push_back(endpoint);
            return device_.clear_halt;
        }
        UsbResult reset() override {
            ++device_.resets;
            return device_.reset;
        }
        UsbResult submit(UsbTransfer& transfer) override {
            if (device_.submit != UsbResult::done)
                return device_.submit;
            if (transfer.endpoint == 0) {
                // Like the kernel: a standard request to an interface claims it.
                if (transfer.buffer.front() == 0x81 && !hold(transfer.buffer.at(4)))
                    return UsbResult::failed;
                device_.setups.emplace_back(transfer.buffer.begin(), transfer.buffer.begin() + 8);
            }
            if ((transfer.endpoint & 0x80) != 0)
                device_.read_room = transfer.buffer.size();
            usb_.flights_.push_back({&device_, this, &transfer});
            asio::post(usb_.io_, [&usb = usb_, &device = device_] { usb.move(device); });
            return UsbResult::done;
        }
        void cancel(UsbTransfer& transfer) override {
            ++device_.cancels;
            for (auto& flight : usb_.flights_)
                flight.cancelled = flight.cancelled || flight.transfer == &transfer;
            asio::post(usb_.io_, [&usb = usb_] { usb.give_back_cancelled(); });
        }

    private:
        bool hold(std::uint8_t interface) { return device_.holders.try_emplace(interface, this).first->second == this; }

        FakeUsb& usb_;
        Device& device_;
    };

    class Backend final : public host::UsbBackend {
    public:
        explicit Backend(FakeUsb& usb) : usb_{usb} {}
        Opened open(const std::filesystem::path& node) override {
            Opened opened;
            const auto found = usb_.devices_.find(node);
            if (found == usb_.devices_.end())
                return opened;
            opened.result = found->second.open;
            if (opened.result == UsbResult::done)
                opened.handle = std::make_unique<Handle>(usb_, found->second);
            return opened;
        }
        void turn(std::chrono::milliseconds /*at_most*/) override {
            ++usb_.turns;
            usb_.give_back_cancelled();
        }

    private:
        FakeUsb& usb_;
    };

    void end(const PendingTransfer& flight, UsbResult how, std::size_t size) {
        flights_.remove_if([&](const PendingTransfer& other) { return other.transfer == flight.transfer; });
        flight.transfer->end(how, size);
    }
    void give_back_cancelled() {
        for (auto at = flights_.begin(); at != flights_.end() && !keeps_cancelled;) {
            const auto flight = *at++;
            if (flight.cancelled)
                end(flight, UsbResult::cancelled, 0);
        }
    }

    asio::io_context& io_;
    TemporaryDirectory directory_;
    std::map<std::filesystem::path, Device> devices_;
    std::list<PendingTransfer> flights_;
};

}  // namespace revenant::test
