revenant_test(unit_registrar LABEL unit
  SOURCES binding_test.cpp control_test.cpp descriptors_test.cpp enabled_test.cpp ep0_events_test.cpp ep0_test.cpp
          kernel_test.cpp loopback_bus_test.cpp privileges_test.cpp readiness_test.cpp registrar_program_test.cpp
          registrar_test.cpp usb_registrar_test.cpp usb_settings_test.cpp usb_setup_test.cpp
  LINK revenant_registrar_lib)
target_compile_definitions(unit_registrar PRIVATE REGISTRAR_PROGRAM="$<TARGET_FILE:revenant-registrar>")
add_dependencies(unit_registrar revenant-registrar)
