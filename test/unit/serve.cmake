revenant_test(unit_serve LABEL unit
  SOURCES
    fake_device.cpp serve_audit_test.cpp serve_client_keys_test.cpp serve_ecdsa_test.cpp serve_in_flight_test.cpp
    serve_question_test.cpp serve_refusal_test.cpp serve_settings_test.cpp
    serve_signer_test.cpp serve_turnstile_test.cpp vectors.cpp
  LINK revenant_host revenant_keys)
target_compile_definitions(unit_serve PRIVATE REVENANT_TEST_VECTORS="${CMAKE_SOURCE_DIR}/test/vectors")
