revenant_test(unit_gadget LABEL unit
  SOURCES gadget_aio_test.cpp gadget_answers_test.cpp gadget_broker_test.cpp gadget_channel_read_test.cpp
    gadget_channel_write_test.cpp gadget_endpoint_file_test.cpp gadget_handlers_test.cpp gadget_heartbeat_test.cpp
    gadget_keys_test.cpp gadget_pipe_test.cpp gadget_rearm_test.cpp gadget_remedy_test.cpp gadget_revival_test.cpp
    gadget_session_test.cpp gadget_signing_test.cpp gadget_test.cpp gadget_usb_bus_test.cpp gadget_usb_pipe_test.cpp
    gadget_workers_test.cpp
  LINK revenant_gadget)
add_dependencies(threaded_tests unit_gadget)
