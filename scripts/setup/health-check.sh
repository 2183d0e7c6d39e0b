#!/usr/bin/env bash
# Says whether a server is well: one line a check, exit code 1 if one fails. Changes nothing and needs no key.
#
# Usage: scripts/setup/health-check.sh [--url URL] [--internal URL]        a server on this machine
#        scripts/setup/health-check.sh --namespace NAME                    every pod of a cluster, by kubectl
#   --url        where events come in     [$GAMEMETRICS_URL, else http://127.0.0.1:8080]
#   --internal   probes and metrics       [$GAMEMETRICS_INTERNAL_URL, else http://127.0.0.1:9464]
set -euo pipefail

url=${GAMEMETRICS_URL:-http://127.0.0.1:8080} internal=${GAMEMETRICS_INTERNAL_URL:-http://127.0.0.1:9464} namespace=''
usage() { sed -n '2,7s/^# \{0,1\}//p' "$0"; }
while [ $# -gt 0 ]; do
  case $1 in
    --url | --internal | --namespace)
      [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 64; }
      printf -v "${1#--}" %s "$2"
      shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) echo "unknown option $1" >&2; usage >&2; exit 64 ;;
  esac
done

failures=0
# check <title> <command...>: what the command prints is the reason when it fails.
check() {
  local title=$1 said
  shift
  if said=$("$@" 2>&1); then echo "ok      $title"; else echo "FAILED  $title: ${said:-no answer}"; failures=$((failures + 1)); fi
}

# ask <path>: the internal port's answer, of this machine's server or of the pod that `pod` names.
ask() {
  if [ -n "${pod:-}" ]; then
    kubectl get --raw "/api/v1/namespaces/$namespace/pods/$pod:9464/proxy$1"
  else
    curl -sS --max-time 10 --fail-with-body "$internal$1"
  fi
}
# none_of <metric>: a counter with labels is not there until it has counted something.
none_of() {
  local page count
  page=$(ask /metrics) || { echo "$page"; return 1; }
  count=$(awk -v name="$1" '$1 == name || index($1, name "{") == 1 {sum += $2} END {printf "%.0f", sum}' <<<"$page")
  [ "$count" = 0 ] || { echo "$1 is $count"; return 1; }
}
public_port() { curl -sS --max-time 10 --fail --output /dev/null "$url/openapi.json"; }

check_server() {
  check "$1alive" ask /livez
  check "$1started" ask /startupz
  check "$1ready" ask '/readyz?verbose'
  check "$1no event was lost" none_of gamemetrics_processor_log_gap_events_total
  check "$1the store accepts what is processed" none_of gamemetrics_processor_sink_errors_total
}

if [ -z "$namespace" ]; then
  check_server ""
  check "public port" public_port
else
  command -v kubectl >/dev/null || { echo "--namespace needs kubectl" >&2; exit 69; }
  pods=$(kubectl --namespace "$namespace" get pods --selector app.kubernetes.io/name=gamemetrics --output name)
  [ -n "$pods" ] || { echo "FAILED  no pod of gamemetrics in $namespace"; exit 1; }
  for pod in $pods; do
    pod=${pod#pod/}
    check_server "$pod: "
  done
fi
[ "$failures" = 0 ]
