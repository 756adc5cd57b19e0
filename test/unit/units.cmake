# The files in units/, which no compiler sees. They are the same in every build: tested in the plain one.
if(NOT REVENANT_SANITIZE)
  foreach(subject IN ITEMS verify exposure promises wait_for_chrony)
    add_test(NAME units.${subject}
      COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/units/${subject}.sh" "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    set_tests_properties(units.${subject} PROPERTIES LABELS unit TIMEOUT 60 SKIP_RETURN_CODE 77)
  endforeach()
endif()
