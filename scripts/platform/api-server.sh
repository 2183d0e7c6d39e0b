# Sourced after tools.sh and registries.sh: the programs of a real Kubernetes control plane (scripts/k8s/control_plane.py). The first build takes some
# twenty minutes of two cores; $tools keeps it.
# shellcheck shell=bash

kubernetes_version=1.35.4

kubernetes_servers() {
  local stamp=k8s.io/component-base/version package program
  local flags="-s -w -X $stamp.gitVersion=v$kubernetes_version -X $stamp.gitMajor=1 -X $stamp.gitMinor=35"
  for package in go.etcd.io/etcd/server/v3 k8s.io/kubernetes/cmd/{kube-apiserver,kube-scheduler,kube-controller-manager}; do
    program=${package##*/}
    if [ "$program" = v3 ]; then program=etcd; fi
    say "building $program"
    (cd scripts/k8s/api-server && GOFLAGS=-mod=readonly GOWORK=off GOTOOLCHAIN=local \
      nice -n 19 go build -p 1 -trimpath -ldflags "$flags" -o "$1/$program" "$package") || return 1
  done
}
install_servers() {
  needs_go 26
  install_as kubernetes-servers "$kubernetes_version $(cat scripts/k8s/api-server/go.* | sha256sum | cut -c1-16)" kubernetes_servers
}

# kwok, and its description of what a node that works does: it is ready, its pods run and end.
kwok_program() {
  local sources
  sources=$(go_sources sigs.k8s.io/kwok@v0.8.0 h1:OTIOTwgROqPMovcTwxICx2eYQ4AwLpSx5EpjbDKF4SQ=) || return 1
  go_program sigs.k8s.io/kwok@v0.8.0 h1:OTIOTwgROqPMovcTwxICx2eYQ4AwLpSx5EpjbDKF4SQ= sigs.k8s.io/kwok/cmd/kwok "$1" || return 1
  mkdir "$1/stages" && cp "$sources"/kustomize/stage/{node/fast/node,pod/fast/pod}-*.yaml "$1/stages"
}
install_kwok() {
  needs_go 26
  install_as kwok "0.8.0 stages" kwok_program
}
