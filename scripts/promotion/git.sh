# Sourced by the scripts beside it: pushes and pull requests as the workflow's identity. $TOKEN is the workflow's; it is never an argument.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '[%s] %s\n' "$(basename "$0")" "$*"; }

values_of() {
  case $1 in
    staging | prod) echo "k8s/environments/$1.yaml" ;;
    *) echo "$(basename "$0"): $1 is no environment that is promoted to" >&2; return 64 ;;
  esac
}

# newest_main: the branch as it is now, whatever the checkout began with.
newest_main() {
  authorised fetch --quiet origin main
  git checkout --quiet --detach FETCH_HEAD
}

authorised() {
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraheader \
    GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'x-access-token:%s' "${TOKEN:-}" | base64 -w0)" git "$@"
}

commit_all() {
  git -c user.name=promotion -c user.email=promotion@users.noreply.github.com commit --quiet --all --message "$1"
}

# pull_request <branch> <title> <body>: of what is checked out. The branch may be left over from a call before.
pull_request() {
  authorised push --quiet --force origin "HEAD:refs/heads/$1"
  if [ -n "$(gh pr list --head "$1" --state open --json number --jq '.[].number')" ]; then say "there is a pull request for $1"; return; fi
  gh pr create --base main --head "$1" --title "$2" --body "$3"
}
