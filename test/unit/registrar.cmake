revenant_test(unit_registrar LABEL unit
  SOURCES control_test.cpp enabled_test.cpp loopback_bus_test.cpp readiness_test.cpp registrar_test.cpp
  LINK revenant_registrar_lib)
