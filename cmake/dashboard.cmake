# gm_embed_page(<target> <name> <function>): builds web/<name> and links its files into <target> as the table that services/admin/asset.h declares
# as <function>. GM_DASHBOARD=OFF embeds services/admin/notice.html instead, and needs no Node.js.
option(GM_DASHBOARD "Build the dashboard (needs Node.js 20.19 or newer) and embed it in the binary" ON)
# In the scope of the including folder: inside a function it would be undone at its end.
enable_language(ASM)

# Sets GM_NODE and GM_NPM: $GM_NODE_BIN (the program or its folder), else what the set-up script fetched, else the system's.
function(gm_find_node)
  set(hints "${GM_DEPS_DIR}/node/bin")
  if(DEFINED ENV{GM_NODE_BIN})
    set(given "$ENV{GM_NODE_BIN}")
    if(NOT IS_DIRECTORY "${given}")
      get_filename_component(given "${given}" DIRECTORY)
    endif()
    list(PREPEND hints "${given}")
  endif()
  find_program(GM_NODE node HINTS ${hints})
  find_program(GM_NPM npm HINTS ${hints})
  if(NOT GM_NODE OR NOT GM_NPM)
    message(FATAL_ERROR "The dashboard needs node and npm: run scripts/setup/install-dependencies.sh, set GM_NODE_BIN, "
                        "or configure with -DGM_DASHBOARD=OFF")
  endif()
  execute_process(COMMAND "${GM_NODE}" --version OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" version "${version}")
  if(version VERSION_LESS 20.19)
    message(FATAL_ERROR "${GM_NODE} is version ${version}; the dashboard needs 20.19 or newer. "
                        "Run scripts/setup/install-dependencies.sh, set GM_NODE_BIN, or configure with -DGM_DASHBOARD=OFF")
  endif()
endfunction()

function(gm_embed_page target name function)
  set(source "${PROJECT_SOURCE_DIR}/web/${name}")
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  set(generated "${out}/embedded_${name}.S" "${out}/embedded_${name}.cc")
  set(script "${PROJECT_SOURCE_DIR}/cmake/build_dashboard.cmake")
  if(GM_DASHBOARD)
    gm_find_node()
    # What pages share lies with the dashboard.
    set(shared "${PROJECT_SOURCE_DIR}/web/dashboard")
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS "${source}/src/*" "${source}/public/*" "${source}/scripts/*" "${shared}/scripts/*"
         "${shared}/src/session/*")
    list(FILTER inputs EXCLUDE REGEX "[./]test(_[a-z]+)?\\.tsx?$")
    foreach(file IN ITEMS index.html package.json package-lock.json tsconfig.json vite.config.ts)
      list(APPEND inputs "${source}/${file}")
    endforeach()
    list(REMOVE_DUPLICATES inputs)
    set(settings "-DSOURCE=${source}" "-DNODE=${GM_NODE}" "-DNPM=${GM_NPM}")
  else()
    set(inputs "${PROJECT_SOURCE_DIR}/services/admin/notice.html")
    set(settings "-DNOTICE=${inputs}")
  endif()
  add_custom_command(OUTPUT ${generated}
    COMMAND "${CMAKE_COMMAND}" ${settings} "-DNAME=${name}" "-DFUNCTION=${function}" "-DOUT=${out}" -P "${script}"
    DEPENDS ${inputs} "${script}"
    COMMENT "Building web/${name}"
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
endfunction()
