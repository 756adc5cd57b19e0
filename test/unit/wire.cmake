# The full protobuf compiler's code for the same .proto: what ours is compared with. Not ours, so without our warnings.
set(proto "${CMAKE_SOURCE_DIR}/common/wire/signer.proto")
set(out "${CMAKE_BINARY_DIR}/generated/protobuf")
file(MAKE_DIRECTORY "${out}")
add_custom_command(
  OUTPUT "${out}/signer.pb.cc" "${out}/signer.pb.h"
  COMMAND protobuf::protoc -I "${CMAKE_SOURCE_DIR}/common/wire" "--cpp_out=${out}" "${proto}"
  DEPENDS "${proto}"
  VERBATIM)
add_library(signer_protobuf STATIC "${out}/signer.pb.cc" "${out}/signer.pb.h")
target_compile_options(signer_protobuf PRIVATE -w)
target_include_directories(signer_protobuf SYSTEM PUBLIC "${out}")
target_link_libraries(signer_protobuf PUBLIC protobuf::libprotobuf)

revenant_test(unit_wire LABEL unit
  SOURCES frame_test.cpp message_samples.cpp message_test.cpp
  LINK revenant_wire signer_protobuf)

# On its own: it replaces operator delete.
revenant_test(unit_wire_memory LABEL unit
  SOURCES wiped_memory_test.cpp
  LINK revenant_wire)
