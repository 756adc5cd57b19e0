#include "registrar/options.hpp"

namespace revenant::registrar {

Options registrar_options() {
    Options options{"registrar", "Puts the signer on the bus and tells the gadget when a host uses it."};
    options
        .commands("Commands",
                  {{"run", "", "serve control requests and announce enabled and disabled; need not be said"},
                   {"setup", "", "as root: make the USB function in configfs and mount FunctionFS"},
                   {"teardown", "", "as root: take away what setup made"}})
        .operands("[run | setup | teardown]")
        .add("bus", "usb", "how the host is reached: usb, or loopback (no hardware, no root, for trying things out)")
        .choices({"usb", "loopback"})
        .add("run-dir", default_run_directory(), "directory of the sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("gadget-user", "", "name or number of the user that runs the gadget; empty: this program's own")
        .hint(ValueHint::user)
        .add_log_settings();
    add_usb_settings(options);
    return options;
}

void add_usb_settings(Options& options) {
    options.add("vendor-id", "0x9997", "usb: the vendor id, as 0x9997 or in decimal")
        .add("product-id", "0x0001", "usb: the product id")
        .add("manufacturer", "TzC", "usb: the manufacturer's string")
        .add("product", "tezsign-gadget", "usb: the product's string")
        .add("serial", "", "usb: the serial number; empty: serial-file, else derived from the machine id")
        .add("serial-file", "", "usb: file whose first word is the serial number")
        .hint(ValueHint::file)
        .add("machine-id-file", "/etc/machine-id", "usb: what a serial number is derived from")
        .hint(ValueHint::file)
        .add("gadget-name", "revenant", "usb: directory below configfs' usb_gadget")
        .add("configuration", "c.1", "usb: the configuration that the function is put into")
        .add("function", "ffs.tezsign", "usb: the FunctionFS function")
        .add("udc", "", "usb: the controller to bind to; empty: the first there is")
        .add("ffs-dir", "/run/revenant-ffs", "usb: where FunctionFS is mounted")
        .hint(ValueHint::directory)
        .add("configfs-dir", "/sys/kernel/config", "usb: where configfs is mounted")
        .hint(ValueHint::directory)
        .add("udc-dir", "/sys/class/udc", "usb: where the kernel lists its controllers")
        .hint(ValueHint::directory)
        .add("gadget-group", "", "usb: group that may open the bulk endpoints too; empty: the gadget user's own")
        .hint(ValueHint::group)
        .add("registrar-user", "", "usb: user to become once ep0 is open; empty: stay who we are")
        .hint(ValueHint::user);
}

}  // namespace revenant::registrar
