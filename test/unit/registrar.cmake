revenant_test(unit_registrar LABEL unit
  SOURCES control_test.cpp enabled_test.cpp loopback_bus_test.cpp readiness_test.cpp registrar_program_test.cpp
          registrar_test.cpp
  LINK revenant_registrar_lib)
target_compile_definitions(unit_registrar PRIVATE REGISTRAR_PROGRAM="$<TARGET_FILE:revenant-registrar>")
add_dependencies(unit_registrar revenant-registrar)
