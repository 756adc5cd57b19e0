revenant_test(unit_core LABEL unit
  SOURCES task_group_test.cpp secret_test.cpp
  LINK revenant_core)
