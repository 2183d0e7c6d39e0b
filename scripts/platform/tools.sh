# Sourced by the parts beside it: where their tools live, and how they get there.
# shellcheck shell=bash
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=${GM_PLATFORM_TOOLS:-${GM_DEPS_DIR:-$root/.deps}/platform}
mkdir -p "$tools"
cd "$root"
part=$(basename "$0")

say() { printf '[%s] %s\n' "$part" "$*"; }
passed() { echo "PART $part passed${1:+ $1}"; exit 0; }
failed() { echo "PART $part failed $1"; exit 1; }
skipped() { echo "PART $part skipped $1"; exit 0; }

# Keeps the names of the checks that failed; `verdict` ends the part with them.
faults=()
check() {
  local title=$1
  shift
  if "$@"; then say "ok: $title"; else say "FAILED: $title"; faults+=("$title"); fi
}
verdict() {
  if [ ${#faults[@]} -gt 0 ]; then failed "$(IFS=';'; echo "${faults[*]}")"; fi
  passed "${1:-}"
}

# put_in_place <made directory> <destination>: another part may be installing the same tool; whoever is first wins.
put_in_place() { mv -T "$1" "$2" 2>/dev/null || { [ -e "$2" ] && rm -rf "$1"; }; }

# fetch_deb <name> <package=version> <sha256>: unpacks a Debian package into $tools/<name>, without installing it. A distribution
# that does not have this very version makes the part skip: no other has the checksum.
fetch_deb() {
  local name=$1 package=$2 sum=$3 work
  if [ "$(cat "$tools/$name/VERSION" 2>/dev/null)" = "$package" ]; then return; fi
  apt-cache show "$package" >/dev/null 2>&1 || skipped "this distribution has no $package"
  say "fetching $package"
  work=$(mktemp -d "$tools/fetch.XXXXXX")
  (cd "$work" && apt-get -o APT::Sandbox::User=root download -q "$package" >/dev/null) || { rm -rf "$work"; return 1; }
  echo "$sum  $(find "$work" -name '*.deb')" | sha256sum --check --quiet || { rm -rf "$work"; return 1; }
  dpkg-deb -x "$work"/*.deb "$work/files"
  echo "$package" >"$work/files/VERSION"
  rm -rf "${tools:?}/$name"
  put_in_place "$work/files" "$tools/$name"
  rm -rf "$work"
}
