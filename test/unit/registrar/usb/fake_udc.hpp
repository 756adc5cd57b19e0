#pragma once

#include <atomic>
#include <cerrno>
#include <memory>
#include <mutex>
#include <string>

#include "registrar/usb/udc.hpp"

namespace revenant::test {

using namespace registrar;

/// Fake of a gadget's UDC attribute and the controllers. Must outlive the ports that it returns. Any thread.
class FakeUdc {
public:
    std::unique_ptr<Udc> port() { return std::make_unique<Port>(*this); }

    /// Access to the attribute as by another process.
    [[nodiscard]] std::string attribute() const {
        const std::lock_guard guard{lock_};
        return attribute_;
    }
    void write(const std::string& value) {
        const std::lock_guard guard{lock_};
        attribute_ = value;
    }
    void plug(const std::string& controller) {
        const std::lock_guard guard{lock_};
        controller_ = controller;
    }
    void take(const std::string& owner) {
        const std::lock_guard guard{lock_};
        owner_ = owner;
    }

    std::atomic<int> attempts = 0, unbinds = 0, bind_error = 0, unbind_error = 0;

private:
    class Port : public Udc {
    public:
        explicit Port(FakeUdc& udc) : udc_{udc} {}
        [[nodiscard]] std::string bound() const override { return udc_.attribute(); }
        [[nodiscard]] std::string available() const override {
            const std::lock_guard guard{udc_.lock_};
            return udc_.controller_;
        }
        [[nodiscard]] std::string taken_by(const std::string&) const override {
            const std::lock_guard guard{udc_.lock_};
            return udc_.owner_;
        }
        int bind(const std::string& controller) override {
            const std::lock_guard guard{udc_.lock_};
            ++udc_.attempts;
            if (udc_.bind_error != 0)
                return udc_.bind_error;
            if (!udc_.owner_.empty() || controller != udc_.controller_ || !udc_.attribute_.empty())
                return EBUSY;
            udc_.attribute_ = controller;
            return 0;
        }
        int unbind() override {
            const std::lock_guard guard{udc_.lock_};
            ++udc_.unbinds;
            if (udc_.unbind_error != 0)
                return udc_.unbind_error;
            udc_.attribute_.clear();
            return 0;
        }

    private:
        FakeUdc& udc_;
    };

    mutable std::mutex lock_;
    std::string attribute_, controller_{"dummy_udc.0"}, owner_;
};

}  // namespace revenant::test
