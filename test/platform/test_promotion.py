"""The steps of a promotion (scripts/promotion): repositories of their own for what pushes, stand-ins for kubectl and gh, states of Argo CD and its rollouts."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts/promotion"
sys.path.insert(0, str(SCRIPTS))

import follow  # noqa: E402

OLD, NEW = (f"sha256:{digit * 64}" for digit in "12")


# --- waiting ----------------------------------------------------------------------------------------------------------------------

def application(revision="new", sync="Synced", health="Healthy", phase="Succeeded", operated="new"):
    return {"status": {"sync": {"revision": revision, "status": sync}, "health": {"status": health},
                       "operationState": {"phase": phase, "message": "one or more objects failed to apply", "syncResult": {"revision": operated}}}}


@pytest.mark.parametrize("change, state, why", [
    ({}, follow.DONE, "healthy"),
    ({"revision": "old"}, follow.WAITING, "compares with old"),
    ({"revision": "old", "phase": "Failed", "operated": "old"}, follow.WAITING, "compares with old"),
    ({"sync": "OutOfSync"}, follow.WAITING, "not synced"),
    ({"phase": "Running"}, follow.WAITING, "running"),
    ({"health": "Progressing"}, follow.WAITING, "Progressing"),
    ({"health": "Degraded"}, follow.WAITING, "Degraded"),
    ({"sync": "OutOfSync", "phase": "Failed"}, follow.FAILED, "failed to apply"),
    ({"phase": "Error"}, follow.FAILED, "failed to apply"),
])
def test_an_application_is_waited_for(change, state, why):
    made = follow.application_state(application(**change), lambda revision: revision == "new")
    assert made[0] == state and why in made[1]


def test_an_application_that_has_done_nothing_yet_is_waited_for():
    assert follow.application_state({}, lambda revision: False)[0] == follow.WAITING


def rollout(observed="7", **status):
    return {"metadata": {"name": "gamemetrics-users", "generation": 7}, "spec": {"strategy": {"canary": {"steps": [{}] * 6}}},
            "status": {"observedGeneration": observed, "currentPodHash": "abc", **status}}


def analysis(phase, pod_hash="abc"):
    return {"metadata": {"labels": {"rollouts-pod-template-hash": pod_hash}},
            "status": {"metricResults": [{"name": "server-errors", "phase": phase, "measurements": [{"value": "[0.2]"}]}]}}


@pytest.mark.parametrize("document, state, why", [
    (rollout(phase="Healthy"), follow.DONE, "healthy"),
    (rollout(phase="Paused", currentStepIndex=3), follow.WAITING, "Paused at 3 of 6 steps"),
    (rollout(phase="Progressing"), follow.WAITING, "Progressing"),
    (rollout(observed="6", phase="Degraded", abort=True), follow.WAITING, "not looked at"),
    (rollout(phase="Degraded", abort=True, message="Step-based analysis phase error"), follow.FAILED, "server-errors failed: [0.2]"),
    (rollout(phase="Degraded", message="ProgressDeadlineExceeded"), follow.FAILED, "ProgressDeadlineExceeded"),
])
def test_a_rollout_is_waited_for_and_its_analysis_is_told(document, state, why):
    made = follow.rollout_state(document, [analysis("Successful"), analysis("Failed"), analysis("Error", "another")])
    assert made[0] == state and why in made[1]
    assert "error" not in made[1].split("server-errors")[-1], "another version's analysis"


def test_one_failure_ends_it():
    assert follow.worst([(follow.DONE, "a"), (follow.FAILED, "b"), (follow.WAITING, "c")]) == (follow.FAILED, "b")
    assert follow.worst([(follow.DONE, "a"), (follow.WAITING, "c")]) == (follow.WAITING, "c")
    assert follow.worst([(follow.DONE, "a")]) == (follow.DONE, "a")


# --- with git, and programs that stand in for kubectl and gh --------------------------------------------------------------------------

def git(folder, *arguments):
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, text=True, capture_output=True).stdout.strip()


class Repository:
    """A clone with the scripts and the values of staging and prod, and its origin."""

    def __init__(self, folder):
        self.origin, self.clone, self.programs = folder / "origin.git", folder / "clone", folder / "programs"
        self.programs.mkdir()
        git(folder, "init", "--quiet", "--bare", str(self.origin))
        git(folder, "clone", "--quiet", str(self.origin), str(self.clone))
        shutil.copytree(SCRIPTS, self.clone / "scripts/promotion", ignore=shutil.ignore_patterns("__pycache__"))
        (self.clone / "k8s/environments").mkdir(parents=True)
        for name in ("staging", "prod"):
            shutil.copy(ROOT / f"k8s/environments/{name}.yaml", self.clone / "k8s/environments")
        self.commit("start")

    def commit(self, message):
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message", message)
        git(self.clone, "push", "--quiet", "origin", "HEAD:main")
        return git(self.clone, "rev-parse", "HEAD")

    def set_image(self, name, digest):
        path = self.clone / f"k8s/environments/{name}.yaml"
        path.write_text(re.sub(r'(?m)^image: .*$', f'image: {{digest: "{digest}"}}', path.read_text()))
        return self.commit(f"{name} {digest[:10]}")

    def image(self, name, branch="main"):
        return yaml.safe_load(git(self.origin, "show", f"{branch}:k8s/environments/{name}.yaml"))["image"]["digest"]

    def branches(self):
        return set(git(self.origin, "branch", "--format=%(refname:short)").split()) - {"main"}

    def program(self, name, text):
        path = self.programs / name
        path.write_text(f"#!/usr/bin/env bash\n{text}\n")
        path.chmod(0o755)

    def run(self, script, *arguments):
        environment = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", "TOKEN": "t", "GH_TOKEN": "t"}
        return subprocess.run([self.clone / "scripts/promotion" / script, *arguments], cwd=self.clone, env=environment, text=True, capture_output=True)


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path)
    made.program("gh", f'printf "%s\\n" "$*" >>{tmp_path}/asked; if [ "$2" = list ]; then cat {tmp_path}/open 2>/dev/null || true; fi')
    made.asked, made.open = tmp_path / "asked", tmp_path / "open"
    return made


def test_a_proposal_changes_the_digest_and_nothing_else(repository):
    made = repository.run("propose", "staging", NEW)
    assert made.returncode == 0, made.stderr
    branch, = repository.branches()
    assert repository.image("staging", branch) == NEW and repository.image("staging") == ""
    assert len(git(repository.origin, "diff", "--unified=0", "main", branch).splitlines()) == 7, "one line out, one in"
    assert "pr create --base main --head " + branch in repository.asked.read_text()
    repository.open.write_text("12\n")
    assert repository.run("propose", "staging", NEW).returncode == 0
    assert repository.asked.read_text().count("pr create") == 1


def test_what_is_there_is_not_proposed(repository):
    repository.set_image("prod", OLD)
    made = repository.run("propose", "prod", OLD)
    assert made.returncode == 0 and repository.branches() == set() and not repository.asked.exists()


@pytest.mark.parametrize("arguments, code", [(("dev", NEW), 64), (("staging", "sha256:1"), 64), (("staging",), 64)])
def test_a_wrong_proposal_is_refused(repository, arguments, code):
    made = repository.run("propose", *arguments)
    assert made.returncode == code and repository.branches() == set()


def test_a_promotion_is_taken_back_on_the_newest_main(repository):
    before = repository.set_image("staging", OLD)
    promoted = repository.set_image("staging", NEW)
    repository.set_image("prod", OLD)
    made = repository.run("take-back", "staging", before, promoted)
    assert made.returncode == 0, made.stderr
    assert (repository.image("staging"), repository.image("prod")) == (OLD, OLD)
    again = repository.run("take-back", "staging", before, promoted)
    assert again.returncode == 0 and "already" in again.stdout


def test_what_somebody_has_changed_since_is_left_to_people(repository):
    before = repository.set_image("prod", OLD)
    promoted = repository.set_image("prod", NEW)
    repository.set_image("prod", f"sha256:{'3' * 64}")
    made = repository.run("take-back", "prod", before, promoted)
    assert made.returncode == 1 and "a person has to decide" in made.stderr
    assert repository.image("prod") == f"sha256:{'3' * 64}"


def test_a_protected_main_gets_a_pull_request(repository):
    before = repository.set_image("staging", OLD)
    promoted = repository.set_image("staging", NEW)
    hook = repository.origin / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nwhile read -r _ _ name; do [ \"$name\" != refs/heads/main ] || exit 1; done\n")
    hook.chmod(0o755)
    made = repository.run("take-back", "staging", before, promoted)
    assert made.returncode == 0, made.stderr
    branch, = repository.branches()
    assert repository.image("staging", branch) == OLD and repository.image("staging") == NEW
    assert "pr create" in repository.asked.read_text()


def serve(repository, app, rollouts=None):
    """kubectl that knows one Application and, when there are rollouts, their kinds."""
    (repository.programs / "app.json").write_text(json.dumps(app))
    (repository.programs / "rollouts.json").write_text(json.dumps({"items": rollouts or []}))
    (repository.programs / "runs.json").write_text(json.dumps({"items": [analysis("Failed")]}))
    repository.program("kubectl", f"""cd {repository.programs}
case "$*" in
  *applications*) cat app.json ;;
  api-resources*) echo applications.argoproj.io; {"" if rollouts is None else "echo rollouts.argoproj.io"} ;;
  *rollouts*) cat rollouts.json ;;
  *analysisruns*) cat runs.json ;;
  *) exit 1 ;;
esac""")


def test_following_ends_when_the_commit_is_in_force(repository):
    commit = repository.set_image("staging", NEW)
    later = repository.set_image("prod", NEW)
    serve(repository, application(revision=later, operated=later))
    made = repository.run("follow.py", "--revision", commit)
    assert made.returncode == 0 and made.stdout == "done: synced and healthy\n", made.stdout + made.stderr


def test_following_fails_with_the_measurement_that_refused_the_canary(repository):
    commit = repository.set_image("staging", NEW)
    serve(repository, application(revision=commit, operated=commit, health="Degraded"), [rollout(phase="Degraded", abort=True)])
    made = repository.run("follow.py", "--revision", commit)
    assert made.returncode == 1 and "server-errors failed: [0.2]" in made.stdout


def test_a_canary_of_the_version_before_says_nothing(repository):
    before = repository.set_image("staging", OLD)
    commit = repository.set_image("staging", NEW)
    serve(repository, application(revision=before, operated=before), [rollout(phase="Degraded", abort=True)])
    made = repository.run("follow.py", "--revision", commit, "--seconds=0")
    assert made.returncode == 1 and "not in force" in made.stdout and "aborted" not in made.stdout


def test_an_api_server_that_does_not_answer_is_waited_for(repository):
    commit = repository.set_image("staging", NEW)
    repository.program("kubectl", "echo 'connection refused' >&2; exit 1")
    made = repository.run("follow.py", "--revision", commit, "--seconds=0")
    assert made.returncode == 1 and made.stdout.splitlines() == ["waiting: connection refused", "failed: not in force after 0 s"]


# --- the workflows use them ------------------------------------------------------------------------------------------------------

def _steps(file, job):
    return [step.get("run", "") for step in yaml.safe_load((ROOT / ".github/workflows" / file).read_text())["jobs"][job]["steps"]]


@pytest.mark.parametrize("job", ["staging", "prod"])
def test_a_cluster_is_waited_for_before_it_is_judged(job):
    order = [script for run in _steps("promotion.yaml", job) for script in re.findall(r"scripts/[\w/.-]+", run)]
    assert order == ["scripts/promotion/follow.py", "scripts/promotion/stays-well", "scripts/setup/test-event-flow.sh"]


def test_staging_comes_by_a_release_and_prod_by_staging():
    assert 'propose staging "$DIGEST"' in _steps("release.yaml", "propose")[-1]
    assert 'propose prod "$digest"' in _steps("promotion.yaml", "propose")[-1]
    needs = yaml.safe_load((ROOT / ".github/workflows/promotion.yaml").read_text())["jobs"]["propose"]["needs"]
    assert needs == "staging"
