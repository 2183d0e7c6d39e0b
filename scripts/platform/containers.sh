# Sourced after tools.sh: images without a container engine. buildah runs steps in a chroot and keeps images in $tools.
# shellcheck shell=bash

needs() { local program; for program in "$@"; do command -v "$program" >/dev/null || skipped "no $program here"; done; }
needs_root() { [ "$(id -u)" = 0 ] || skipped "chroots are made by root only"; }

image_store() { buildah --storage-driver vfs --root "$tools/images" --runroot "$tools/images-run" "$@"; }

# build_image <name> [option...] <context>: from packaging/image/Containerfile.
build_image() {
  local name=$1
  shift
  image_store bud --isolation chroot --file packaging/image/Containerfile --tag "$name" \
    --build-arg "VERSION=$(cat VERSION)" --build-arg "REVISION=$(git rev-parse HEAD)" \
    --build-arg "CREATED=$(git log -1 --format=%cI)" --timestamp "$(git log -1 --format=%ct)" "$@"
}

# unpack_image <name> <folder>: its root as $2/root and its description as $2/image.json.
unpack_image() {
  local container
  container=$(image_store from --pull-never "$1") || return 1
  mkdir -p "$2/root"
  cp -a "$(image_store mount "$container")/." "$2/root/"
  image_store inspect --type image "$1" >"$2/image.json"
  image_store rm "$container" >/dev/null
  chmod 755 "$2" "$2/root"
}

# debian_root <folder>: Debian 12 from the distribution's mirror, its packages' signatures checked by debootstrap. Made once, kept as an archive.
debian_root() {
  local archive=$tools/debian-12.tar work
  fetch_deb debootstrap debootstrap=1.0.128+nmu2+deb12u2 63f354316e9bbe747b143b7b0d83e5f237c90314a17734fba9ff202c2ef02760
  if [ ! -f "$archive" ]; then
    say "making a Debian 12 root from the mirror"
    work=$(mktemp -d "$tools/fetch.XXXXXX")
    chmod 755 "$work"
    DEBOOTSTRAP_DIR=$tools/debootstrap/usr/share/debootstrap "$tools/debootstrap/usr/sbin/debootstrap" --variant=minbase \
      bookworm "$work/root" >"$work/log" 2>&1 || { tail -20 "$work/log"; rm -rf "$work"; return 1; }
    tar -C "$work/root" --exclude='./var/cache/apt/archives/*.deb' --exclude='./proc/*' --exclude='./sys/*' -cf "$work/archive" . || return 1
    mv "$work/archive" "$archive"
    rm -rf "$work"
  fi
  mkdir -p "$1"
  tar -C "$1" -xf "$archive"
}
