# Sourced by the scripts beside it: one place for paths and for the compiler cache.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=${GM_DEPS_DIR:-$root/.deps}
if [ -d "$deps/node/bin" ]; then PATH="$deps/node/bin:$PATH"; fi
# The same object file serves every build directory, checkout and language of messages (which an image's build does not set).
export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$root" CCACHE_SLOPPINESS=locale CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
jobs=$(nproc)

say() { printf '[%s] %s\n' "$(basename "$0")" "$*"; }

# build_preset <preset> [targets...]
build_preset() {
  local preset=$1
  shift
  cmake --preset "$preset" >"$root/build/$preset.configure.log" 2>&1 || { cat "$root/build/$preset.configure.log"; return 1; }
  if [ $# -gt 0 ]; then set -- --target "$@"; fi
  cmake --build --preset "$preset" -j "$jobs" "$@"
}
mkdir -p "$root/build"
