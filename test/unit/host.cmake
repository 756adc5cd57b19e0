revenant_test(unit_host LABEL unit
  SOURCES
    fake_device.cpp host_channel_test.cpp host_cli_test.cpp host_doctor_test.cpp host_doctor_usb_test.cpp host_load_test.cpp host_loopback_test.cpp
    host_passphrase_test.cpp host_pick_test.cpp host_progress_test.cpp host_requests_test.cpp host_usb_bus_test.cpp host_usb_cli_test.cpp
    host_usb_context_test.cpp host_usb_devices_test.cpp host_usb_events_test.cpp host_usb_link_test.cpp
    host_usb_pipe_test.cpp
  LINK revenant_host)
