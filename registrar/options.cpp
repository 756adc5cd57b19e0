#include "registrar/options.hpp"

namespace revenant::registrar {

Options registrar_options() {
    Options options{"registrar", "Connects the signer to the USB bus and notifies the gadget when a host enables it."};
    options
        .commands({{"run", "", "serve control requests and announce enable and disable; the default"},
                   {"setup", "", "as root: create the USB function in configfs and mount FunctionFS"},
                   {"teardown", "", "as root: remove what setup created"}})
        .operands("[run | setup | teardown]")
        .add("bus", "usb", "connection to the host: usb, or loopback (for trials: no hardware, no root)")
        .choices({"usb", "loopback"})
        .add("run-dir", default_run_directory(), "directory of the sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("gadget-user", "", "name or number of the user that runs the gadget; empty: the user of this process")
        .hint(ValueHint::user)
        .add_log_settings();
    add_usb_settings(options);
    return options;
}

void add_usb_settings(Options& options) {
    options.add("vendor-id", "0x9997", "usb: the vendor id, hexadecimal (0x9997) or decimal")
        .add("product-id", "0x0001", "usb: the product id")
        .add("manufacturer", "TzC", "usb: the manufacturer string")
        .add("product", "tezsign-gadget", "usb: the product string")
        .add("serial", "", "usb: the serial number; empty: serial-file, else derived from the machine id")
        .add("serial-file", "", "usb: file that starts with the serial number")
        .hint(ValueHint::file)
        .add("machine-id-file", "/etc/machine-id", "usb: file from which the serial number is derived")
        .hint(ValueHint::file)
        .add("gadget-name", "revenant", "usb: name of the directory below usb_gadget in configfs")
        .add("configuration", "c.1", "usb: the configuration that contains the function")
        .add("function", "ffs.tezsign", "usb: the FunctionFS function")
        .add("udc", "", "usb: the controller to bind to; empty: the first available")
        .add("ffs-dir", "/run/revenant-ffs", "usb: mount point of FunctionFS")
        .hint(ValueHint::directory)
        .add("configfs-dir", "/sys/kernel/config", "usb: mount point of configfs")
        .hint(ValueHint::directory)
        .add("udc-dir", "/sys/class/udc", "usb: directory in which the kernel lists USB device controllers")
        .hint(ValueHint::directory)
        .add("gadget-group", "",
             "usb: group that may also open the bulk endpoints; empty: the gadget user's primary group")
        .hint(ValueHint::group)
        .add("registrar-user", "", "usb: user to switch to after ep0 is open; empty: keep the current user")
        .hint(ValueHint::user);
}

}  // namespace revenant::registrar
