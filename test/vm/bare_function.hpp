#pragma once

#include <cstdint>
#include <vector>

#include "gadget/usb/endpoint_file.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {

using namespace gadget;

/// The function on this machine's bus, enumerated, with nobody at its endpoints: of the suite only the registrar runs,
/// and the test is what the gadget would be. Declared before whatever opens an endpoint, for it ends after that.
class BareFunction {
    FunctionOnBus function_;
    Suite suite_;

public:
    BareFunction();

    /// The files of an interface's endpoints, as the gadget opens them.
    static EndpointFile in(Interface interface = Interface::sign);
    static EndpointFile out(Interface interface = Interface::sign);
    /// The same for whoever wants to be blocked.
    static UniqueFd blocking_in(Interface interface = Interface::sign);
    static UniqueFd blocking_out(Interface interface = Interface::sign);
};

/// A host that holds one interface and goes on until it is done: it waits 10 s for each transfer. Any thread.
class BareHost {
public:
    explicit BareHost(Interface interface = Interface::sign);

    /// Throws std::system_error unless all of it was taken.
    void write(ByteView bytes) const;
    /// One transfer, into room for `room` bytes; throws std::system_error when none comes.
    [[nodiscard]] Bytes read(std::size_t room) const;

private:
    DeviceNode node_;
    unsigned in_, out_;
};

}  // namespace revenant::test
