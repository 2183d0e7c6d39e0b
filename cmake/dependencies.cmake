# Third-party libraries, each as one imported target. The distribution package that provides it is named in the failure message.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED)

# gm_find_plain(<target> <header> <library> <Debian package>): a library that ships no CMake package.
function(gm_find_plain target header library package)
  find_path(GM_${target}_INCLUDE ${header})
  find_library(GM_${target}_LIBRARY ${library})
  if(NOT GM_${target}_INCLUDE OR NOT GM_${target}_LIBRARY)
    message(FATAL_ERROR "${header} or lib${library} not found: install the package ${package}, "
                        "or run scripts/setup/install-dependencies.sh")
  endif()
  add_library(${target}::${target} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(${target}::${target} PROPERTIES IMPORTED_LOCATION "${GM_${target}_LIBRARY}"
                        INTERFACE_INCLUDE_DIRECTORIES "${GM_${target}_INCLUDE}")
endfunction()
gm_find_plain(libdeflate libdeflate.h deflate libdeflate-dev)
gm_find_plain(zstd zstd.h zstd libzstd-dev)
gm_find_plain(brotlidec brotli/decode.h brotlidec libbrotli-dev)
if(GM_TESTS)
  gm_find_plain(brotlienc brotli/encode.h brotlienc libbrotli-dev)
endif()
gm_find_plain(sodium sodium.h sodium libsodium-dev)
gm_find_plain(xxhash xxhash.h xxhash libxxhash-dev)
gm_find_plain(wslay wslay/wslay.h wslay libwslay-dev)
gm_find_plain(date_tz date/tz.h date-tz libhowardhinnant-date-dev)

# DuckDB: no distribution packages it; the set-up script unpacks a pinned, checksummed registry package.
set(GM_DUCKDB_DIR "${GM_DEPS_DIR}/duckdb")
if(NOT EXISTS "${GM_DUCKDB_DIR}/lib/libduckdb.so")
  message(FATAL_ERROR "libduckdb.so not found in ${GM_DUCKDB_DIR}/lib: run scripts/setup/install-dependencies.sh")
endif()
add_library(duckdb::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(duckdb::duckdb PROPERTIES IMPORTED_LOCATION "${GM_DUCKDB_DIR}/lib/libduckdb.so"
                      INTERFACE_INCLUDE_DIRECTORIES "${GM_DUCKDB_DIR}/include")
