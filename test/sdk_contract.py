"""Runs the contract test of one published npm client against real servers."""
import os
import subprocess

from gamemetrics_server import ROOT, Server

SMALL_BODY = {"ingest.body_bytes_max": "2KiB"}  # refuses what is larger
BUSY = {"ingest.in_flight_bytes_max": "1MiB"}  # refuses a body of more than that as it would any when others wait


def run_npm_contract(name, server, tmp_path, environment=None):
    """`test/compat/<name>` with GM_URL (the server), GM_SMALL_URL (tiny bodies only) and GM_BUSY_URL (soon at its limit)."""
    directory = ROOT / "test/compat" / name
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory, check=True, timeout=300)
    small, busy = Server(tmp_path / "small", SMALL_BODY), Server(tmp_path / "busy", BUSY)
    try:
        small.start()
        busy.start()
        variables = {"GM_URL": server.url, "GM_WRITE_KEY": server.write_key, "GM_PROJECT_KEY": server.project_key,
                     "GM_SMALL_URL": small.url, "GM_SMALL_WRITE_KEY": small.write_key,
                     "GM_SMALL_PROJECT_KEY": small.project_key, "GM_BUSY_URL": busy.url, **(environment or {})}
        result = subprocess.run(["node", "--test"], cwd=directory, env={**os.environ, **variables}, capture_output=True,
                                text=True, timeout=120)
    finally:
        small.stop()
        busy.stop()
    print(result.stdout[-4000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout
