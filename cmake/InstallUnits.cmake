# Runs at installation, when the prefix of `cmake --install` is known. Install.cmake sets the variables.
set(bindir "${CMAKE_INSTALL_PREFIX}/${bin}")
set(libexecdir "${CMAKE_INSTALL_PREFIX}/${libexec}")
foreach(unit IN LISTS units)
  configure_file("${from}/${unit}" "${scratch}/${unit}" @ONLY)
  file(INSTALL "${scratch}/${unit}" DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system")
endforeach()

# The programs read settings there only, whatever the prefix is.
foreach(setting IN LISTS settings)
  if(EXISTS "$ENV{DESTDIR}/etc/revenant/${setting}")
    message(STATUS "Kept: $ENV{DESTDIR}/etc/revenant/${setting}")
  else()
    file(INSTALL "${from}/${setting}" DESTINATION /etc/revenant)
  endif()
endforeach()
