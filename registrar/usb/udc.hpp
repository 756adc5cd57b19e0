#pragma once

#include <filesystem>
#include <string>

#include "common/core/fd.hpp"
#include "registrar/usb/settings.hpp"

namespace revenant::registrar {

/// The binding of the gadget to a controller (UDC), and what a test plays.
class Udc {
public:
    Udc() = default;
    Udc(const Udc&) = delete;
    Udc& operator=(const Udc&) = delete;
    virtual ~Udc() = default;

    /// The controller the gadget is bound to; empty: none.
    [[nodiscard]] virtual std::string bound() const = 0;
    /// The controller to bind to; empty: there is none (yet).
    [[nodiscard]] virtual std::string available() const = 0;
    /// Who else has the controller; empty: nobody that can be seen.
    [[nodiscard]] virtual std::string taken_by(const std::string& controller) const = 0;
    /// 0 or an error number. May block while the controller is busy. Any thread.
    virtual int bind(const std::string& controller) = 0;
    virtual int unbind() = 0;
};

/// The UDC attribute of a gadget in configfs. It is opened once, for writing, so that it outlives our privileges; it is
/// read by a fresh open each time.
class ConfigfsUdc : public Udc {
public:
    /// Throws std::runtime_error with a sentence for a person.
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
