# What is delivered: `cmake --install` for the image (packaging/image), CPack for the Debian package (packaging/deb).
install(TARGETS gamemetrics RUNTIME DESTINATION bin COMPONENT program)
# A copy, since no distribution packages DuckDB; in a folder of its own, so that it is nobody else's library.
install(FILES "${GM_DUCKDB_DIR}/lib/libduckdb.so" DESTINATION lib/gamemetrics COMPONENT program
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)

# What only the Debian package has.
set(deb "${PROJECT_SOURCE_DIR}/packaging/deb")
install(FILES "${deb}/gamemetrics.service" DESTINATION lib/systemd/system COMPONENT service)
install(FILES "${deb}/gamemetrics.yaml" DESTINATION /etc/gamemetrics COMPONENT service)
install(FILES "${deb}/copyright" DESTINATION share/doc/gamemetrics COMPONENT service)

install(FILES "${deb}/lintian-overrides" DESTINATION share/lintian/overrides RENAME gamemetrics COMPONENT service)
# What changed is told in CHANGELOG.md; Debian's form of it has one entry, this version.
configure_file("${deb}/changelog" "${PROJECT_BINARY_DIR}/packaging/changelog" @ONLY)
execute_process(COMMAND gzip -9nf "${PROJECT_BINARY_DIR}/packaging/changelog" COMMAND_ERROR_IS_FATAL ANY)
install(FILES "${PROJECT_BINARY_DIR}/packaging/changelog.gz" DESTINATION share/doc/gamemetrics COMPONENT service)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gamemetrics)
set(CPACK_PACKAGE_VENDOR "GameMetrics Pro")
set(CPACK_PACKAGE_CONTACT "GameMetrics Pro maintainers <maintainers@gamemetrics.pro>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "game analytics: events in, numbers out, in one program")
# Lines of at most 80 columns: whoever reads them has a terminal.
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION [[
Receives the events of games over HTTP, from its own clients or from those of
eleven other services, keeps them durably and answers questions about players,
retention, money and progression, on a dashboard and by API.]])
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "https://github.com/gamemetrics-pro/gamemetrics")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, init-system-helpers (>= 1.52), tzdata")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${GM_DUCKDB_DIR}/lib")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${deb}/postinst" "${deb}/prerm" "${deb}/postrm" "${deb}/conffiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_COMPONENTS_ALL program service)
include(CPack)
