# One interface target carries what every target of ours is built with. Third-party code does not get it. A warning is an
# error in the developers' presets and in CI only (CMAKE_COMPILE_WARNING_AS_ERROR).
add_library(revenant_flags INTERFACE)

target_compile_options(revenant_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -fPIE -fno-omit-frame-pointer)
target_compile_definitions(revenant_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION  # one copy of Asio per program, not one per file
  BOOST_ASIO_NO_DEPRECATED)
target_include_directories(revenant_flags INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")

# The preset `test` and the sanitizers compile several files as one. Each file compiles alone too: in all other presets.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
if(CMAKE_UNITY_BUILD)
  # What these find there is between unrelated files. GCC 13 and 14 take the frame of Asio's coroutines for memory of
  # another allocator where they inline one of two overloads of `operator delete` and not the other.
  target_compile_options(revenant_flags INTERFACE -Wno-shadow
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage> $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
endif()

if(REVENANT_SANITIZE STREQUAL "address")
  # The vptr check opens a pipe, so it reports a fault in sound code where a test has used up the descriptors.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all)
elseif(REVENANT_SANITIZE STREQUAL "thread")
  set(sanitize -fsanitize=thread)
  # GCC warns that TSan does not model fences; Asio uses one, beside operations that it does model.
  target_compile_options(revenant_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
elseif(NOT REVENANT_SANITIZE STREQUAL "")
  message(FATAL_ERROR "REVENANT_SANITIZE is '${REVENANT_SANITIZE}': use address, thread or nothing")
endif()
if(sanitize)
  target_compile_options(revenant_flags INTERFACE ${sanitize})
  target_link_options(revenant_flags INTERFACE ${sanitize})
  # Recycled coroutine frames would hide a use after free.
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
# A header may read a macro of these libraries, so that every target must define the same.
foreach(library IN ITEMS Boost::json Boost::container Boost::program_options fmt::fmt)
  target_compile_definitions(revenant_flags INTERFACE $<TARGET_PROPERTY:${library},INTERFACE_COMPILE_DEFINITIONS>)
endforeach()
# What is tested is optimised, the tests need not be: they are most of what is compiled.
set(test_options $<$<CONFIG:Release>:-O0> $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>)
revenant_precompiled(revenant_headers HEADERS "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp")
if(REVENANT_TESTS)
  revenant_precompiled(revenant_test_headers
    HEADERS "${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp" <gtest/gtest.h> OPTIONS ${test_options} LINK GTest::gtest)
endif()
# A library of ours: revenant_library(name SOURCES ... LINK ...). PLAIN: it does not use Asio and does not link it, as the
# precompiled headers would require.
function(revenant_library name)
  cmake_parse_arguments(arg "PLAIN" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE revenant_flags)
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
  if(NOT arg_PLAIN)
    target_precompile_headers(${name} REUSE_FROM revenant_headers)
    if(NOT name STREQUAL "revenant_async")
      target_link_libraries(${name} PUBLIC revenant_async) # it compiles Asio, which is among these headers
    endif()
  endif()
endfunction()

# A program of ours: revenant_program(name SOURCES ... LINK ...). PLAIN: as of a library.
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

# A GoogleTest program: revenant_test(name LABEL unit SOURCES ... LINK ...). ALONE: nothing else runs beside its tests, which
# put a load on the machine under which others need not keep their deadlines. LONG: a filter of GoogleTest; the tests that
# it names have the label `long` instead.
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
  if(arg_LONG)
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 TEST_LIST ${name}_long TEST_FILTER "${arg_LONG}"
                         PROPERTIES LABELS long ${properties})
    set(short TEST_FILTER "-${arg_LONG}")
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 ${short} PROPERTIES LABELS ${arg_LABEL} ${properties})
endfunction()
