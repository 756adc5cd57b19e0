#include "registrar/usb/udc.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>

#include "registrar/usb/configfs.hpp"

namespace revenant::registrar {
namespace {

UniqueFd open_attribute(const std::filesystem::path& attribute) {
    UniqueFd file{::open(attribute.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file)
        throw std::runtime_error{fmt::format("cannot write the gadget's '{}': {}: run `revenant-registrar setup` first",
                                             attribute.string(), std::strerror(errno))};
    return file;
}

}  // namespace

ConfigfsUdc::ConfigfsUdc(const UsbSettings& settings)
    : gadgets_{settings.gadgets_dir()},
      attribute_{settings.udc_attribute()},
      controllers_{settings.udc_dir},
      gadget_{settings.gadget_name},
      wanted_{settings.udc},
      file_{open_attribute(attribute_)} {}

std::string ConfigfsUdc::bound() const {
    return read_attribute(attribute_);
}

std::string ConfigfsUdc::available() const {
    for (const auto& name : names_in(controllers_))
        if (wanted_.empty() || name == wanted_)
            return name;
    return {};
}

std::string ConfigfsUdc::taken_by(const std::string& controller) const {
    for (const auto& other : names_in(gadgets_))
        if (other != gadget_ && read_attribute(gadgets_ / other / "UDC") == controller)
            return fmt::format("the gadget '{}'", other);
    const auto driver = read_attribute(controllers_ / controller / "function");  // a gadget driver outside configfs
    return driver.empty() ? driver : fmt::format("the driver '{}'", driver);
}

int ConfigfsUdc::bind(const std::string& controller) {
    return write(controller);
}

int ConfigfsUdc::unbind() {
    return write({});
}

/// The offset is irrelevant: configfs treats each write as a complete value.
int ConfigfsUdc::write(const std::string& value) {
    const auto line = value + '\n';
    return ::pwrite(file_.get(), line.data(), line.size(), 0) < 0 ? errno : 0;
}

}  // namespace revenant::registrar
