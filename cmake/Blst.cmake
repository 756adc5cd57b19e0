# blst: BLS12-381 in constant time, with assembly for x86-64 and aarch64. Target: blst::blst.
# Debian does not package it. An installed one is taken; else its source comes out of the npm package that
# carries it, pinned by version and SHA-256, and is kept below .cache/ so that it is fetched once.
find_path(BLST_INCLUDE_DIR blst.h)
find_library(BLST_LIBRARY blst)
if(BLST_INCLUDE_DIR AND BLST_LIBRARY)
  message(STATUS "blst: ${BLST_LIBRARY} (installed)")
  add_library(blst::blst UNKNOWN IMPORTED)
  set_target_properties(blst::blst PROPERTIES
    IMPORTED_LOCATION "${BLST_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${BLST_INCLUDE_DIR}")
  return()
endif()

set(package c-kzg-4.1.0)
set(package_sha256 c56d9ed6aaa17bafa95c337c28837c68d2e54dabd76d91a185e2600a26480965)
set(cache "${CMAKE_SOURCE_DIR}/.cache")
set(tarball "${cache}/${package}.tgz")
set(unpacked "${CMAKE_BINARY_DIR}/${package}")
set(source "${unpacked}/package/deps/blst")

if(NOT EXISTS "${tarball}")
  find_program(NPM npm REQUIRED)
  file(MAKE_DIRECTORY "${cache}")
  execute_process(COMMAND "${NPM}" pack --silent c-kzg@4.1.0 WORKING_DIRECTORY "${cache}"
                  RESULT_VARIABLE failed OUTPUT_QUIET)
  if(failed)
    message(FATAL_ERROR "blst: cannot fetch the npm package c-kzg@4.1.0: "
                        "connect to the npm registry, or install blst where CMake finds it")
  endif()
endif()
file(SHA256 "${tarball}" found_sha256)
if(NOT found_sha256 STREQUAL package_sha256)
  message(FATAL_ERROR "blst: ${tarball} is not the package that was pinned (SHA-256 ${found_sha256}): "
                      "delete it and configure again")
endif()
# Into the build tree, at every configuration: what is compiled is what was just checked.
file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${unpacked}" PATTERNS "package/deps/blst/*")

add_library(blst STATIC "${source}/src/server.c" "${source}/build/assembly.S")
target_include_directories(blst SYSTEM INTERFACE "${source}/bindings")
# Portable: the choice of instructions is made at run time, so an older core does not fault.
target_compile_definitions(blst PRIVATE __BLST_PORTABLE__)
target_compile_options(blst PRIVATE -O2 -fno-builtin -w)
add_library(blst::blst ALIAS blst)
