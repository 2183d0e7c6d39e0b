"""GraphQL: the engine beside graphql-js, and the endpoint of the real binary."""
import datetime
import os
import subprocess

import pytest
from gamemetrics_server import BINARY, ROOT, Server

DIRECTORY = ROOT / "test/compat/graphql"
CHECK = BINARY.parents[2] / "test/compat/graphql/graphql_check"


@pytest.fixture(scope="module")
def packages():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=DIRECTORY, check=True, timeout=300)


def run_node(test, **environment):
    result = subprocess.run(["node", "--test", test], cwd=DIRECTORY, env={**os.environ, **environment}, capture_output=True,
                            text=True, timeout=300)
    print(result.stdout[-4000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout


def test_the_engine_judges_and_executes_as_graphql_js_does(packages):
    run_node("differential.test.mjs", GM_GRAPHQL_CHECK=str(CHECK))


@pytest.fixture
def closed_server(tmp_path):
    running = Server(tmp_path / "closed", {"graphql.introspection": "false"})
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_the_endpoint_keeps_its_contract(packages, server, closed_server):
    now = datetime.datetime.now(datetime.timezone.utc)
    events = [{"event": "level_complete", "player_id": player, "properties": {"level": 3}} for player in ("ada", "bob", "cyd", "ada")]
    assert server.send(events).status == 200
    for level in range(3):
        server.send([{"event": f"level_{level}"}])  # refused: no player
    server.wait_processed()
    run_node("contract.test.mjs", GM_URL=server.url, GM_PROJECT_KEY=server.project_key, GM_WRITE_KEY=server.write_key,
             GM_CLOSED_URL=closed_server.url, GM_CLOSED_PROJECT_KEY=closed_server.project_key, GM_DAY=now.date().isoformat())
