#!/usr/bin/env bash
# Sends one event from outside and waits until it is in the numbers; then one that has to be refused, and one with a wrong key.
# The player and the event stay in the project: give it the keys of one that is for such checks.
#
# Usage: scripts/setup/test-event-flow.sh [--url URL] [--namespace NAME] [--seconds N]
#   --url         where events come in            [$GAMEMETRICS_URL, else http://127.0.0.1:8080]
#   --namespace   reach the service of a cluster through `kubectl port-forward` instead
#   --seconds     how long an event may take      [30]
# Keys: $GAMEMETRICS_WRITE_KEY and $GAMEMETRICS_PROJECT_KEY, as `gamemetrics serve --keys-file` writes them.
set -euo pipefail

url=${GAMEMETRICS_URL:-http://127.0.0.1:8080} namespace='' seconds=30
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }
while [ $# -gt 0 ]; do
  case $1 in
    --url | --namespace | --seconds)
      [ $# -ge 2 ] || { echo "$1 needs a value" >&2; exit 64; }
      printf -v "${1#--}" %s "$2"
      shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) echo "unknown option $1" >&2; usage >&2; exit 64 ;;
  esac
done
for name in GAMEMETRICS_WRITE_KEY GAMEMETRICS_PROJECT_KEY; do
  [ -n "${!name:-}" ] || { echo "$name is not set: . keys.env, exported" >&2; exit 64; }
done

work=$(mktemp -d) forward=''
trap 'if [ -n "$forward" ]; then kill "$forward" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
fail() { echo "FAILED  $1"; exit 1; }

# A free port of kubectl's choice; the first line that it prints says which.
if [ -n "$namespace" ]; then
  command -v kubectl >/dev/null || { echo "--namespace needs kubectl" >&2; exit 69; }
  kubectl --namespace "$namespace" port-forward service/gamemetrics :80 >"$work/forward" 2>&1 &
  forward=$!
  for _ in $(seq 100); do
    port=$(sed -nE 's/^Forwarding from 127\.0\.0\.1:([0-9]+).*/\1/p' "$work/forward")
    [ -z "$port" ] || break
    kill -0 "$forward" 2>/dev/null || fail "kubectl port-forward: $(cat "$work/forward")"
    sleep 0.1
  done
  url=http://127.0.0.1:${port:?kubectl port-forward said nothing}
fi

# Keys go through a file: arguments are seen by everybody on the machine. call <key> <path> [curl's options]: the answer, then its status in a line.
call() {
  local key=$1 path=$2
  shift 2
  printf 'header = "Authorization: Bearer %s"\n' "$key" >"$work/key"
  curl -sS --max-time 20 --config "$work/key" --write-out '\n%{http_code}\n' "$@" "$url$path" || fail "no answer from $url"
}
id=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
player=flow-check-$id
send() { call "$1" /v1/events --header 'Content-Type: application/json' --data "{\"events\": [$2]}"; }

answer=$(send "$GAMEMETRICS_WRITE_KEY" "{\"event\": \"flow_check\", \"player_id\": \"$player\", \"event_id\": \"$id\"}")
case $answer in *'"accepted":1'*) echo "ok      accepted" ;; *) fail "not accepted: $answer" ;; esac

seen() { call "$GAMEMETRICS_PROJECT_KEY" "/api/v1/players/$player/events?limit=1" | grep -q '"flow_check"'; }
begun=$SECONDS
until seen; do
  [ $((SECONDS - begun)) -lt "$seconds" ] || fail "not in the numbers after $seconds s"
  sleep 0.2
done
echo "ok      in the numbers after at most $((SECONDS - begun + 1)) s"

answer=$(send "$GAMEMETRICS_WRITE_KEY" "{\"player_id\": \"$player\"}")
case $answer in *'"rejected":1'*) echo "ok      an event without a name is refused with a reason" ;; *) fail "an event without a name: $answer" ;; esac
answer=$(send "gm_wk_$id" "{\"event\": \"flow_check\", \"player_id\": \"$player\"}")
case $answer in *$'\n401') echo "ok      a wrong key is refused" ;; *) fail "a wrong key: $answer" ;; esac
