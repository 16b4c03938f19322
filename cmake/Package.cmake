# What is installed beside the program, and the Debian package: `cpack -G DEB` in the build folder.
#
# `cmake --install` takes nothing that belongs to a system into its prefix. The component `system` (the systemd unit
# and what it needs) is part of the package alone, or is asked for: cmake --install build/release --component system

# Made from what the program says of itself, so they need one that runs here.
set(generated ${CMAKE_CURRENT_BINARY_DIR}/packaging)
file(MAKE_DIRECTORY ${generated})
set(gzip gzip -9nc)
add_custom_command(
  OUTPUT ${generated}/mcpctl.1.gz ${generated}/mcpctl.bash ${generated}/_mcpctl ${generated}/mcpctl.fish
  COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/packaging/man.sh $<TARGET_FILE:mcpctl> > ${generated}/mcpctl.1
  COMMAND ${gzip} ${generated}/mcpctl.1 > ${generated}/mcpctl.1.gz
  COMMAND mcpctl completion bash > ${generated}/mcpctl.bash
  COMMAND mcpctl completion zsh > ${generated}/_mcpctl
  COMMAND mcpctl completion fish > ${generated}/mcpctl.fish
  DEPENDS mcpctl ${CMAKE_CURRENT_SOURCE_DIR}/packaging/man.sh
  VERBATIM)
set(CPACK_PACKAGE_CONTACT "mcpctl maintainers <maintainers@mcpctl.example>")
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC) # or SOURCE_DATE_EPOCH
configure_file(packaging/changelog.in ${generated}/changelog @ONLY)
add_custom_command(OUTPUT ${generated}/changelog.gz
  COMMAND ${gzip} ${generated}/changelog > ${generated}/changelog.gz
  DEPENDS ${generated}/changelog
  VERBATIM)
add_custom_target(mcpctl_packaging ALL DEPENDS ${generated}/mcpctl.1.gz ${generated}/changelog.gz)

install(TARGETS mcpctl RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS mcpctl-history mcpctl-tls LIBRARY DESTINATION lib/mcpctl)
install(DIRECTORY schemas/ DESTINATION ${CMAKE_INSTALL_DATADIR}/mcpctl/schemas FILES_MATCHING PATTERN "*.schema.json")
# OPTIONAL: who builds the program alone gets it without these.
install(FILES ${generated}/mcpctl.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
install(FILES ${generated}/mcpctl.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME mcpctl OPTIONAL)
install(FILES ${generated}/_mcpctl DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions OPTIONAL)
install(FILES ${generated}/mcpctl.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/mcpctl)
install(FILES CHANGELOG.md LICENSE README.md packaging/copyright DESTINATION ${doc})
install(FILES ${generated}/changelog.gz DESTINATION ${doc} OPTIONAL)
install(DIRECTORY docs/ DESTINATION ${doc} FILES_MATCHING PATTERN "*.md")
install(DIRECTORY manifests/examples DESTINATION ${doc})

install(FILES packaging/mcpctl.service DESTINATION lib/systemd/system COMPONENT system EXCLUDE_FROM_ALL)
install(FILES packaging/mcpctl.tmpfiles DESTINATION lib/tmpfiles.d RENAME mcpctl.conf COMPONENT system EXCLUDE_FROM_ALL)
install(FILES packaging/mcpctl.default DESTINATION /etc/default RENAME mcpctl COMPONENT system EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON) # for /etc
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS
  "${CMAKE_BINARY_DIR};mcpctl;Unspecified;/;${CMAKE_BINARY_DIR};mcpctl;system;/")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "declarative reconciler for MCP servers")
set(CPACK_PACKAGE_DESCRIPTION "Keeps a fleet of MCP (Model Context Protocol) servers on a Docker engine in the
state that YAML manifests declare: checked, planned, applied, and healed by a
daemon, which systemd runs once it is enabled.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# shlibdeps sees what the program links to; this library it loads by name.
get_target_property(postgresql_library Poco::DataPostgreSQL LOCATION)
execute_process(COMMAND dpkg-query --search ${postgresql_library}
  OUTPUT_VARIABLE postgresql_package ERROR_QUIET)
string(REGEX REPLACE "[:\n].*" "" postgresql_package "${postgresql_package}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS passwd)
if(postgresql_package)
  string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", ${postgresql_package}")
endif()
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "git, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "docker.io | docker-ce, postgresql")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
foreach(file postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/packaging/${file})
endforeach()
include(CPack)
