revenant_test(unit_service LABEL unit
  SOURCES log_test.cpp notify_test.cpp options_test.cpp run_test.cpp
  LINK revenant_service)
