#pragma once

#include <filesystem>
#include <string>

#include "common/core/fd.hpp"
#include "registrar/usb/settings.hpp"

namespace revenant::registrar {

/// The binding of the gadget to a controller (UDC); tests substitute it.
class Udc {
public:
    Udc() = default;
    Udc(const Udc&) = delete;
    Udc& operator=(const Udc&) = delete;
    virtual ~Udc() = default;

    /// The controller that the gadget is bound to; empty: none.
    [[nodiscard]] virtual std::string bound() const = 0;
    /// The controller to bind to; empty: none available.
    [[nodiscard]] virtual std::string available() const = 0;
    /// The other user of the controller; empty: none found.
    [[nodiscard]] virtual std::string taken_by(const std::string& controller) const = 0;
    /// Returns 0 or an errno. May block while the controller is busy. Any thread.
    virtual int bind(const std::string& controller) = 0;
    virtual int unbind() = 0;
};

/// The UDC attribute of a gadget in configfs. It is opened for writing once, before privileges are dropped, and opened
/// for reading each time.
class ConfigfsUdc : public Udc {
public:
    /// Throws std::runtime_error with a user-readable message.
    explicit ConfigfsUdc(const UsbSettings& settings);

    [[nodiscard]] std::string bound() const override;
    [[nodiscard]] std::string available() const override;
    [[nodiscard]] std::string taken_by(const std::string& controller) const override;
    int bind(const std::string& controller) override;
    int unbind() override;

private:
    int write(const std::string& value);

    std::filesystem::path gadgets_, attribute_, controllers_;
    std::string gadget_, wanted_;
    UniqueFd file_;
};

}  // namespace revenant::registrar
