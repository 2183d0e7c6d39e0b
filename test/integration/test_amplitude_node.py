"""The real Amplitude client for Node from the registry sends to the real binary."""
import os
import subprocess

from gamemetrics_server import ROOT, Server


def test_amplitude_node_keeps_the_contract(tmp_path):
    directory = ROOT / "test/compat/amplitude-node"
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory, check=True, timeout=300)
    server = Server(tmp_path / "data", {"ingest.in_flight_bytes_max": "1MiB"})
    small = Server(tmp_path / "small", {"ingest.body_bytes_max": "1KiB"})
    try:
        server.start()
        small.start()
        environment = {**os.environ, "GM_URL": server.url, "GM_WRITE_KEY": server.write_key, "GM_PROJECT_KEY": server.project_key,
                       "GM_SMALL_URL": small.url, "GM_SMALL_WRITE_KEY": small.write_key,
                       "GM_SMALL_PROJECT_KEY": small.project_key}
        result = subprocess.run(["node", "--test"], cwd=directory, env=environment, capture_output=True, text=True, timeout=120)
    finally:
        server.stop()
        small.stop()
    print(result.stdout[-2000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout
