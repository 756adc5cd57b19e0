# Third-party libraries. Versions are lower bounds; Debian 12 and 13 have all but blst.
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW)  # BoostConfig.cmake of Boost itself
endif()
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS program_options json)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nanopb REQUIRED)
find_package(Protobuf REQUIRED)  # the compiler; its library only in tests
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(libcrypto REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(libusb REQUIRED IMPORTED_TARGET libusb-1.0>=1.0.26)
pkg_check_modules(libutf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)
# Without pkg-config, which adds the include paths of libraries that only a static libzmq needs.
find_path(ZMQ_INCLUDE_DIR zmq.hpp REQUIRED)
find_library(ZMQ_LIBRARY zmq REQUIRED)
add_library(zmq::zmq UNKNOWN IMPORTED)
set_target_properties(zmq::zmq PROPERTIES IMPORTED_LOCATION "${ZMQ_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${ZMQ_INCLUDE_DIR}")
include(Blst)

if(REVENANT_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
