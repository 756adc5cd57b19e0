revenant_test(unit_liveness LABEL unit
  SOURCES heartbeat_test.cpp liveness_test.cpp
  LINK revenant_liveness_lib)
