"""GraphQL: the engine beside graphql-js."""
import os
import subprocess

import pytest
from gamemetrics_server import BINARY, ROOT

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
