# What is delivered: `cmake --install` for the image (packaging/image), CPack for the Debian package (packaging/deb).
install(TARGETS gamemetrics RUNTIME DESTINATION bin COMPONENT program)
# A copy, since no distribution packages DuckDB; in a folder of its own, so that it is nobody else's library.
install(FILES "${GM_DUCKDB_DIR}/lib/libduckdb.so" DESTINATION lib/gamemetrics COMPONENT program
        PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
