"""scripts/setup/health-check.sh and test-event-flow.sh against the real server, and through a stand-in for kubectl."""
import os
import re
import shutil
import subprocess

import pytest

from gamemetrics_server import BINARY, ROOT, free_port

HEALTH, FLOW = ROOT / "scripts/setup/health-check.sh", ROOT / "scripts/setup/test-event-flow.sh"


def run(*command, **environment):
    return subprocess.run([str(word) for word in command], text=True, capture_output=True, timeout=120, env={**os.environ, **environment})


def keys(server):
    return {"GAMEMETRICS_WRITE_KEY": server.write_key, "GAMEMETRICS_PROJECT_KEY": server.project_key}


def addresses(server):
    return "--url", f"http://127.0.0.1:{server.port}", "--internal", f"http://127.0.0.1:{server.internal_port}"


def test_a_server_that_is_well(server):
    said = run(HEALTH, *addresses(server))
    assert said.returncode == 0, said.stdout + said.stderr
    assert [line.split()[0] for line in said.stdout.splitlines()] == ["ok"] * 6


def test_a_server_that_is_gone():
    nowhere = f"http://127.0.0.1:{free_port()}"
    said = run(HEALTH, "--url", nowhere, "--internal", nowhere)
    assert said.returncode == 1
    assert {line.split()[0] for line in said.stdout.splitlines() if line[0] in "oF"} == {"FAILED"}


def test_its_metrics_exist():
    catalog = run(BINARY, "metrics-catalog").stdout
    names = set(re.findall(r"gamemetrics_[a-z_]+_total", HEALTH.read_text()))
    assert names and all(re.search(rf"^{name}\b", catalog, re.M) for name in names)


def test_an_event_reaches_the_numbers(server):
    said = run(FLOW, "--url", f"http://127.0.0.1:{server.port}", **keys(server))
    assert said.returncode == 0, said.stdout + said.stderr
    assert [line.split()[0] for line in said.stdout.splitlines()] == ["ok"] * 4


def test_a_key_that_is_not_one(server):
    said = run(FLOW, "--url", f"http://127.0.0.1:{server.port}", **{**keys(server), "GAMEMETRICS_WRITE_KEY": "gm_wk_nobody"})
    assert said.returncode == 1
    assert said.stdout.startswith("FAILED  not accepted") and "gm_wk_nobody" not in said.stdout


def test_without_keys():
    assert run(FLOW, GAMEMETRICS_WRITE_KEY="", GAMEMETRICS_PROJECT_KEY="").returncode == 64


@pytest.mark.parametrize("script", [HEALTH, FLOW])
def test_usage(script):
    assert run(script, "--nothing", **{"GAMEMETRICS_WRITE_KEY": "x", "GAMEMETRICS_PROJECT_KEY": "x"}).returncode == 64
    said = run(script, "--help")
    assert said.returncode == 0 and said.stdout.count("--url") >= 2


@pytest.fixture
def kubectl(server, tmp_path):
    """Answers the four calls that the scripts make, out of the server."""
    stand_in = tmp_path / "bin/kubectl"
    stand_in.parent.mkdir()
    stand_in.write_text(f"""#!/bin/sh
case "$*" in
  "--namespace games get pods --selector app.kubernetes.io/name=gamemetrics --output name") echo pod/gamemetrics-0 ;;
  "get --raw /api/v1/namespaces/games/pods/gamemetrics-0:9464/proxy"*) exec curl -sS --fail "http://127.0.0.1:{server.internal_port}${{3#*/proxy}}" ;;
  "--namespace games port-forward service/gamemetrics :80") echo "Forwarding from 127.0.0.1:{server.port} -> 8080"; exec sleep 60 ;;
  *) echo "unexpected: $*" >&2; exit 1 ;;
esac
""")
    stand_in.chmod(0o755)
    return {"PATH": f"{stand_in.parent}:{os.environ['PATH']}"}


def test_a_cluster(server, kubectl):
    said = run(HEALTH, "--namespace", "games", **kubectl)
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.count("ok      gamemetrics-0: ") == 5
    said = run(FLOW, "--namespace", "games", **kubectl, **keys(server))
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="no shellcheck here")
def test_shellcheck():
    said = run("shellcheck", *sorted((ROOT / "scripts/setup").glob("*.sh")))
    assert said.returncode == 0, said.stdout
