revenant_test(unit_keystore LABEL unit
  SOURCES directory_test.cpp fake_disk.cpp handover_test.cpp key_record_test.cpp marks_test.cpp open_key_test.cpp
    power_cut_test.cpp store_test.cpp throttle_test.cpp watermark_test.cpp
  LINK revenant_keystore)
