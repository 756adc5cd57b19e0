revenant_test(unit_net LABEL unit
  SOURCES path_watch_test.cpp status_socket_test.cpp unix_listener_test.cpp
  LINK revenant_net)
