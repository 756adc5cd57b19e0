# Flags of all our targets, as an interface target; third-party code does not use it. A warning is an error in the
# developers' presets and in CI only (CMAKE_COMPILE_WARNING_AS_ERROR).
add_library(revenant_flags INTERFACE)

target_compile_options(revenant_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -fPIE -fno-omit-frame-pointer)
target_compile_definitions(revenant_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION  # one copy of Asio per program, not one per file
  BOOST_ASIO_NO_DEPRECATED)
target_include_directories(revenant_flags INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")

# Most presets compile several files as one, which is quicker; `debug`, `clang` and `fuzz` compile each file alone.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
if(CMAKE_UNITY_BUILD)
  # These warn about names of unrelated files. GCC 13 and 14 report the frame of Asio's coroutines as memory of another
  # allocator if they inline only one of two overloads of `operator delete`.
  target_compile_options(revenant_flags INTERFACE -Wno-shadow
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
endif()

if(REVENANT_SANITIZE STREQUAL "address")
  # The vptr check opens a pipe, so it reports a false fault where a test has used up the descriptors.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all)
elseif(REVENANT_SANITIZE STREQUAL "thread")
  set(sanitize -fsanitize=thread)
  # GCC warns that TSan does not model fences; Asio uses one, together with operations that TSan models.
  target_compile_options(revenant_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
elseif(NOT REVENANT_SANITIZE STREQUAL "")
  message(FATAL_ERROR "REVENANT_SANITIZE is '${REVENANT_SANITIZE}': use address, thread or nothing")
endif()
if(sanitize)
  target_compile_options(revenant_flags INTERFACE ${sanitize})
  target_link_options(revenant_flags INTERFACE ${sanitize})
  # Recycled coroutine frames would hide a use-after-free.
  target_compile_definitions(revenant_flags INTERFACE BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
else()
  target_compile_options(revenant_flags INTERFACE -fstack-protector-strong)
  target_compile_definitions(revenant_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
  target_link_options(revenant_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

# Precompiled headers, one set for the programs and one for the tests, whose flags differ.
# revenant_precompiled(name HEADERS ... OPTIONS ... LINK ...): a target that compiles them; users reuse it.
function(revenant_precompiled name)
  cmake_parse_arguments(arg "" "" "HEADERS;OPTIONS;LINK" ${ARGN})
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/generated/${name}.cpp" CONTENT "// Compiles the precompiled headers.\n")
  add_library(${name} OBJECT "${CMAKE_BINARY_DIR}/generated/${name}.cpp")
  target_link_libraries(${name} PRIVATE revenant_flags Boost::headers ${arg_LINK})
  target_compile_options(${name} PRIVATE ${arg_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
endfunction()
# Headers may depend on macros of these libraries, so every target must define the same ones.
foreach(library IN ITEMS Boost::json Boost::container Boost::program_options fmt::fmt)
  target_compile_definitions(revenant_flags INTERFACE $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
endforeach()
# The tests are most of the compiled code, and need no optimisation.
set(test_options $<$<CONFIG:Release>:-O0> $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>)
revenant_precompiled(revenant_headers HEADERS "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp")
if(REVENANT_TESTS)
  revenant_precompiled(revenant_test_headers
    HEADERS "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp" <gtest/gtest.h> OPTIONS ${test_options} LINK GTest::gtest)
endif()
# revenant_library(name SOURCES ... LINK ...): a library. PLAIN: without Asio, and so without the precompiled headers, which
# require it.
function(revenant_library name)
  cmake_parse_arguments(arg "PLAIN" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE revenant_flags)
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
  if(NOT arg_PLAIN)
    target_precompile_headers(${name} REUSE_FROM revenant_headers)
    if(NOT name STREQUAL "revenant_async")
      target_link_libraries(${name} PUBLIC revenant_async) # it compiles Asio, which is one of these headers
    endif()
  endif()
endfunction()

# revenant_program(name SOURCES ... LINK ...): a program. PLAIN: as for a library.
function(revenant_program name)
  cmake_parse_arguments(arg "PLAIN" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} revenant_flags)
  target_link_options(${name} PRIVATE -pie)
  if(NOT arg_PLAIN)
    target_precompile_headers(${name} REUSE_FROM revenant_headers)
    target_link_libraries(${name} PRIVATE revenant_async)
  endif()
endfunction()

# revenant_test(name LABEL unit SOURCES ... LINK ...): a GoogleTest program. ALONE: its tests run without others in parallel,
# since their load would make others miss deadlines. LONG: a GoogleTest filter; tests that match it have the label `long`
# instead.
function(revenant_test name)
  cmake_parse_arguments(arg "ALONE" "LABEL;TIMEOUT;LONG" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} revenant_flags GTest::gtest_main)
  target_compile_options(${name} PRIVATE ${test_options})
  target_link_options(${name} PRIVATE -pie)
  target_precompile_headers(${name} REUSE_FROM revenant_test_headers)
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  if(TARGET ${arg_LABEL}_tests)
    add_dependencies(${arg_LABEL}_tests ${name})
  endif()
  set(properties TIMEOUT ${arg_TIMEOUT} RUN_SERIAL ${arg_ALONE})
  if(REVENANT_SANITIZE STREQUAL "address")
    set(known_leaks "${CMAKE_SOURCE_DIR}/test/support/known_leaks.txt")
    list(APPEND properties ENVIRONMENT "LSAN_OPTIONS=suppressions=${known_leaks}:print_suppressions=0")
  endif()
  if(arg_LONG)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_LIST ${name}_long TEST_FILTER "${arg_LONG}"
                         PROPERTIES LABELS long ${properties})
    set(short TEST_FILTER "-${arg_LONG}")
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 ${short} PROPERTIES LABELS ${arg_LABEL} ${properties})
endfunction()

# revenant_deeper(name program filter): the same tests with more rounds, for `./dev test --all` and `--soak`.
function(revenant_deeper name program filter)
  foreach(depth IN ITEMS "deep 1000" "soak 10000")
    separate_arguments(depth)
    list(GET depth 0 label)
    list(GET depth 1 rounds)
    add_test(NAME "${label}.${name}" COMMAND ${program} "--gtest_filter=${filter}")
    set_tests_properties("${label}.${name}" PROPERTIES LABELS ${label} TIMEOUT 7200 ENVIRONMENT "TEST_ROUNDS=${rounds}")
  endforeach()
endfunction()
