revenant_test(unit_tezos LABEL unit
  SOURCES
    base58_test.cpp derivation_test.cpp payload_shapes.cpp payload_test.cpp signing_key_test.cpp vectors.cpp
    verify_test.cpp
  LINK revenant_keys revenant_tezos Boost::json)
target_compile_definitions(unit_tezos PRIVATE REVENANT_TEST_VECTORS="${CMAKE_SOURCE_DIR}/test/vectors")
