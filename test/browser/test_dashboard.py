"""The dashboard in Chromium against the real binary with the demo game; the checks themselves are in *.test.mjs."""
import os
import pathlib
import re
import subprocess
import time

import pytest

from gamemetrics_server import BINARY, ROOT, free_port, request

DIRECTORY = ROOT / "test/browser"
# What the fake server serves is what the binary under test was built with: no second build, and never an old one.
EMBEDDED_DASHBOARD = pathlib.Path(BINARY).resolve().parents[2] / "services/admin/dashboard/dist"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo game without live traffic, so that numbers stand still while they are compared."""
    directory = tmp_path_factory.mktemp("demo")
    keys_file, port = directory / "keys", free_port()
    process = subprocess.Popen([BINARY, "demo", "--no-live", "--data-dir", directory / "data", "--port", str(port), "--keys-file", keys_file,
                                "--players", "1200", "--days", "45"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    lines = []
    deadline = time.monotonic() + 120
    for line in process.stdout:
        lines.append(line)
        if "verified:" in line or time.monotonic() > deadline:
            break
    assert "0 differences" in lines[-1], "".join(lines)
    while not keys_file.is_file() and time.monotonic() < deadline:  # written after the comparison
        time.sleep(0.05)
    keys = keys_file.read_text()
    environment = {"GM_URL": f"http://127.0.0.1:{port}", "GM_WRITE_KEY": re.search(r"gm_wk_\w+", keys).group(),
                   "GM_PROJECT_KEY": re.search(r"gm_pk_\w+", keys).group()}
    assert request("GET", environment["GM_URL"] + "/").status == 200
    yield environment
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture(scope="module", autouse=True)
def installed():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=DIRECTORY, check=True, timeout=300)


def run(files, environment):
    shots = pathlib.Path(os.environ.get("GM_SHOTS", ROOT / "build/screenshots"))
    shots.mkdir(parents=True, exist_ok=True)
    result = subprocess.run(["node", "--test", "--test-concurrency=1", *files], cwd=DIRECTORY, capture_output=True, text=True, timeout=900,
                            env={"GM_DASHBOARD_DIST": str(EMBEDDED_DASHBOARD), **os.environ, "GM_SHOTS": str(shots), **environment})
    print(result.stdout[-3000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# pass 0" not in result.stdout


def test_the_dashboard_shows_what_the_api_says(demo):
    run(["dashboard.test.mjs"], demo)


def test_insights_show_what_the_api_says_and_the_players_behind_it(demo):
    run(["insights.test.mjs"], demo)


def test_graphiql_asks_and_subscribes(demo):
    run(["graphiql.test.mjs"], demo)


@pytest.mark.parametrize(
    "page",
    [
        "dashboards",
        "players",
        "revenue",
        "play",
        "engagement",
        "geo_health",
        "segments",
        "compare",
        "sql",
        "pipeline",
        "setup",
        "events",
        "settings",
        "pictures",
        "kept",
    ],
)
def test_a_page_shows_what_the_api_says(demo, page):
    run([f"{page}.test.mjs"], demo)


def test_people_sign_in_and_change_what_they_may(installed):
    run(["people.test.mjs"], {"GM_BINARY": str(BINARY)})


def test_states_that_only_a_fake_server_can_hold(installed):
    run(["mock_states.test.mjs"], {"GM_MOCK": "1"})
