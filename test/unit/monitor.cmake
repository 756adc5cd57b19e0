revenant_test(unit_monitor LABEL unit
  SOURCES
    monitor_access_test.cpp monitor_board_test.cpp monitor_breaker_test.cpp monitor_codec_test.cpp
    monitor_declaration_test.cpp monitor_dependency_test.cpp monitor_event_test.cpp monitor_flood_test.cpp
    monitor_health_test.cpp monitor_hub_test.cpp monitor_metrics_test.cpp monitor_rates_test.cpp monitor_settings_test.cpp
    monitor_status_test.cpp monitor_target_test.cpp monitor_viewer_test.cpp
  LINK revenant_monitor revenant_monitor_options)
