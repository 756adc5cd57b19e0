revenant_test(unit_host LABEL unit
  SOURCES
    fake_device.cpp host_channel_test.cpp host_cli_test.cpp host_load_test.cpp host_loopback_test.cpp
    host_passphrase_test.cpp host_requests_test.cpp
  LINK revenant_host)
