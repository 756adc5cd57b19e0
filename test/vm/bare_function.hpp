#pragma once

#include <cstdint>
#include <vector>

#include "gadget/usb/endpoint_file.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {

using namespace gadget;

/// The enumerated function without a gadget: only the registrar runs, and the test opens the endpoints. Declare it
/// before any endpoint, so that it is destroyed after them.
class BareFunction {
    FunctionOnBus function_;
    Suite suite_;

public:
    BareFunction();

    /// An interface's endpoint files, opened like the gadget does.
    static EndpointFile in(Interface interface = Interface::sign);
    static EndpointFile out(Interface interface = Interface::sign);
    /// The same, in blocking mode.
    static UniqueFd blocking_in(Interface interface = Interface::sign);
    static UniqueFd blocking_out(Interface interface = Interface::sign);
};

/// A host that holds one interface. Each transfer blocks for at most 10 s. Any thread.
class BareHost {
public:
    explicit BareHost(Interface interface = Interface::sign);

    /// Throws std::system_error unless all bytes were transferred.
    void write(ByteView bytes) const;
    /// One transfer of at most `room` bytes; throws std::system_error on failure.
    [[nodiscard]] Bytes read(std::size_t room) const;

private:
    DeviceNode node_;
    unsigned in_, out_;
};

}  // namespace revenant::test
