revenant_test(unit_supervisor LABEL unit
  SOURCES supervisor_child_test.cpp supervisor_spec_test.cpp supervisor_test.cpp supervisor_program_test.cpp
  LINK supervisor)
target_compile_definitions(unit_supervisor PRIVATE
  SUPERVISOR_PROBE="$<TARGET_FILE:supervisor-probe>" SUPERVISOR_PROGRAM="$<TARGET_FILE:revenant-supervisor>")
add_dependencies(unit_supervisor supervisor-probe revenant-supervisor)
