revenant_test(unit_host LABEL unit
  SOURCES host_channel_test.cpp host_requests_test.cpp
  LINK revenant_host)
