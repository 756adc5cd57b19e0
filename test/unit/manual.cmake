revenant_test(unit_manual LABEL unit
  SOURCES manual_test.cpp
  LINK revenant_manual)
