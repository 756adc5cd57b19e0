# Installation in two components, `device` and `host`. Each is one Debian package.
install(TARGETS revenant-registrar revenant-gadget revenant-liveness
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT device)
install(TARGETS revenant revenant-monitor RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT host)

# A cross-built tool cannot generate them here: REVENANT_MANUAL then points to those of the release preset.
set(REVENANT_MANUAL "${CMAKE_BINARY_DIR}/manual" CACHE PATH "Directory of the manual pages and completions")

# install_manual(component SECTION PROGRAM...): the manual page and completions of each program. zsh's directory depends on
# the prefix, which is known only at installation.
function(install_manual component section)
  foreach(program IN LISTS ARGN)
    install(FILES "${REVENANT_MANUAL}/${program}.${section}"
            DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}" COMPONENT ${component})
    install(FILES "${REVENANT_MANUAL}/bash/${program}"
            DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT ${component})
    install(CODE "
      if(CMAKE_INSTALL_PREFIX STREQUAL [[/usr]])
        set(zsh vendor-completions)
      else()
        set(zsh site-functions)
      endif()
      file(INSTALL [[${REVENANT_MANUAL}/zsh/_${program}]]
           DESTINATION \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/\${zsh}\")" COMPONENT ${component})
  endforeach()
endfunction()

# install_rest(component UNITS ... SETTINGS ...): files below units/. Units contain the directory of the programs, and
# settings may exist already with local changes. Both are known only at installation, so a script installs them.
function(install_rest component)
  cmake_parse_arguments(arg "" "" "UNITS;SETTINGS" ${ARGN})
  install(CODE "
    set(from [[${CMAKE_SOURCE_DIR}/units/${component}]])
    set(scratch [[${CMAKE_BINARY_DIR}/units]])
    set(units [[${arg_UNITS}]])
    set(settings [[${arg_SETTINGS}]])
    set(bin [[${CMAKE_INSTALL_BINDIR}]])
    set(libexec [[${CMAKE_INSTALL_LIBEXECDIR}]])" COMPONENT ${component})
  install(SCRIPT "${CMAKE_SOURCE_DIR}/cmake/InstallUnits.cmake" COMPONENT ${component})
  install(FILES "units/${component}/revenant-${component}.sysusers"
          DESTINATION lib/sysusers.d RENAME "revenant-${component}.conf" COMPONENT ${component})
endfunction()

set(doc "${CMAKE_INSTALL_DATADIR}/doc")

install_manual(device 8 revenant-registrar revenant-gadget revenant-liveness)
install_rest(device
  UNITS revenant-usb-setup.service revenant-registrar.service revenant-gadget.service revenant-liveness.service revenant.target
  SETTINGS registrar.conf gadget.conf liveness.conf)
install(FILES units/device/revenant-device.tmpfiles
        DESTINATION lib/tmpfiles.d RENAME revenant-device.conf COMPONENT device)
install(FILES units/device/60-revenant-device.rules DESTINATION "${doc}/revenant-device/examples" COMPONENT device)
install(DIRECTORY units/device/examples/ DESTINATION "${doc}/revenant-device/examples" COMPONENT device
        FILES_MATCHING PATTERN "*.conf")
install(FILES docs/operator.md docs/boards.md DESTINATION "${doc}/revenant-device" COMPONENT device)

install_manual(host 1 revenant)
install_manual(host 8 revenant-monitor)
install_rest(host
  UNITS revenant-signer@.service revenant-monitor.service wait-for-chrony.service
  SETTINGS host.conf monitor.conf)
install(PROGRAMS units/host/wait-for-chrony DESTINATION "${CMAKE_INSTALL_LIBEXECDIR}/revenant" COMPONENT host)
install(FILES units/host/60-revenant.rules DESTINATION lib/udev/rules.d COMPONENT host)
install(FILES docs/baker.md docs/boards.md docs/migrating.md docs/monitor.md docs/monitoring.md docs/operator.md
              docs/security.md docs/troubleshooting.md
        DESTINATION "${doc}/revenant-host" COMPONENT host)
install(DIRECTORY docs/monitoring DESTINATION "${doc}/revenant-host" COMPONENT host)
