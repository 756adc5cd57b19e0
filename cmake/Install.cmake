# What is installed where, in two components: `device` and `host`. Each is one Debian package.
install(TARGETS revenant-registrar revenant-gadget revenant-liveness
        RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT device)
install(TARGETS revenant revenant-monitor RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT host)

# A cross-built tool cannot write them here: REVENANT_MANUAL then names those of the release preset.
set(REVENANT_MANUAL "${CMAKE_BINARY_DIR}/manual" CACHE PATH "Where the manual pages and the completions are")

# install_manual(component SECTION PROGRAM...): the page and the completions of each program. Where zsh looks depends on
# the prefix, which is known only when it is installed.
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

# install_rest(component UNITS ... SETTINGS ...): files below units/. They name the directory of the programs, and may be
# there already with a person's changes: both is known only when it is installed, so a script does it.
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
install(FILES docs/baker.md docs/boards.md docs/migrating.md docs/monitor.md docs/operator.md docs/security.md
              docs/troubleshooting.md
        DESTINATION "${doc}/revenant-host" COMPONENT host)
