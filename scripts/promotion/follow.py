#!/usr/bin/env python3
"""Waits until a commit is in force in a cluster and every canary is through. Reads only, by kubectl.

Usage: scripts/promotion/follow.py --revision COMMIT [--application NAME] [--namespace NAME] [--seconds N] [--every N]
Ends with 0 when Argo CD has synced the commit (or a later one that contains it), says that everything is healthy, and each Rollout is; with 1 at once when
the sync failed or an analysis refused a canary, and when the time is over.
"""
import argparse
import json
import subprocess
import sys
import time

WAITING, FAILED, DONE = "waiting", "failed", "done"


def kubectl(*arguments):
    made = subprocess.run(["kubectl", *arguments], text=True, capture_output=True)
    if made.returncode:
        raise RuntimeError(made.stderr.strip() or f"kubectl {arguments[0]} ended with {made.returncode}")
    return made.stdout


def contains(revision, commit):
    """Whether a revision has the commit in its history. One that this checkout does not know is fetched."""
    if not revision:
        return False

    def asked():
        return subprocess.run(["git", "merge-base", "--is-ancestor", commit, revision], capture_output=True).returncode

    if asked() > 1:
        subprocess.run(["git", "fetch", "--quiet", "origin", "main"], capture_output=True)
    return asked() == 0


def application_state(application, has_commit):
    """(state, why) of an Argo CD Application; has_commit says of a revision whether it is new enough."""
    status = application.get("status", {})
    sync, operation = status.get("sync", {}), status.get("operationState", {})
    revision = sync.get("revision", "")
    if operation.get("phase") in ("Failed", "Error") and has_commit(operation.get("syncResult", {}).get("revision", "")):
        return FAILED, f"the sync failed: {operation.get('message', 'no reason given')}"
    if not has_commit(revision):
        return WAITING, f"Argo CD compares with {revision[:12] or 'nothing yet'}"
    if sync.get("status") != "Synced":
        return WAITING, "not synced yet (in prod a person does that)"
    if operation.get("phase") == "Running":
        return WAITING, "the sync is running"
    health = status.get("health", {}).get("status", "Unknown")
    return (DONE, "synced and healthy") if health == "Healthy" else (WAITING, f"synced; {health}")


def refused_measurements(rollout, analyses):
    """What the analyses of the rollout's newest version did not like."""
    newest = rollout["status"].get("currentPodHash")
    for run in analyses:
        if run["metadata"].get("labels", {}).get("rollouts-pod-template-hash") == newest:
            for metric in run.get("status", {}).get("metricResults", []):
                if metric["phase"] in ("Failed", "Error", "Inconclusive"):
                    values = ", ".join(str(one.get("value", one.get("message", ""))) for one in metric.get("measurements", []))
                    yield f"{metric['name']} {metric['phase'].lower()}: {values or metric.get('message', '')}"


def rollout_state(rollout, analyses):
    name, status = rollout["metadata"]["name"], rollout.get("status", {})
    # The controller writes it as a text. What it said of the version before is no answer.
    if str(status.get("observedGeneration", "")) != str(rollout["metadata"]["generation"]):
        return WAITING, f"{name}: not looked at yet"
    phase, message = status.get("phase", "Unknown"), status.get("message", "")
    if status.get("abort") or phase == "Degraded":
        return FAILED, "; ".join([f"{name} was aborted: {message}", *refused_measurements(rollout, analyses)])
    if phase == "Healthy":
        return DONE, f"{name}: healthy"
    steps = len(rollout["spec"]["strategy"].get("canary", {}).get("steps", []))
    return WAITING, f"{name}: {phase} at {status.get('currentStepIndex', 0)} of {steps} steps {message}".rstrip()


def worst(states):
    """One state for several: any failure, else all that is still waited for, else done."""
    for kind in (FAILED, WAITING):
        reasons = [why for state, why in states if state == kind]
        if reasons:
            return kind, "; ".join(reasons)
    return DONE, "; ".join(why for _, why in states)


def look(options):
    application = json.loads(kubectl("--namespace=argocd", "get", "applications.argoproj.io", options.application, "--output=json"))
    state, why = application_state(application, lambda revision: contains(revision, options.revision))
    # A canary of the commit exists only once the commit is there; until then the rollouts speak of another version.
    if state == FAILED or not contains(application.get("status", {}).get("sync", {}).get("revision", ""), options.revision):
        return state, why
    if "rollouts.argoproj.io" not in kubectl("api-resources", "--api-group=argoproj.io", "--output=name").split():
        return state, why
    listed = [json.loads(kubectl(f"--namespace={options.namespace}", "get", kind, "--output=json"))["items"]
              for kind in ("rollouts.argoproj.io", "analysisruns.argoproj.io")]
    return worst([(state, why), *(rollout_state(rollout, listed[1]) for rollout in listed[0])])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revision", required=True)
    parser.add_argument("--application", default="gamemetrics")
    parser.add_argument("--namespace", default="default")
    parser.add_argument("--seconds", type=float, default=2700)
    parser.add_argument("--every", type=float, default=15)
    options = parser.parse_args()
    end, said = time.monotonic() + options.seconds, None
    while True:
        try:
            state, why = look(options)
        except RuntimeError as error:  # an API server that does not answer for a moment is no failed promotion
            state, why = WAITING, str(error)
        if why != said:
            print(f"{state}: {why}", flush=True)
            said = why
        if state != WAITING:
            return 0 if state == DONE else 1
        if time.monotonic() >= end:
            print(f"failed: not in force after {options.seconds:.0f} s", flush=True)
            return 1
        time.sleep(options.every)


if __name__ == "__main__":
    sys.exit(main())
