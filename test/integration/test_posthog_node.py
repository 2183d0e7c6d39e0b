"""The real posthog-node client from the registry sends to the real binary."""
import os
import subprocess

from gamemetrics_server import ROOT


def test_posthog_node_delivers_each_event_once(server):
    directory = ROOT / "test/compat/posthog-node"
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory, check=True, timeout=300)
    environment = {**os.environ, "GM_URL": server.url, "GM_WRITE_KEY": server.write_key, "GM_PROJECT_KEY": server.project_key}
    result = subprocess.run(["node", "--test"], cwd=directory, env=environment, capture_output=True, text=True, timeout=300)
    print(result.stdout[-2000:])
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout
