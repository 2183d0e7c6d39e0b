"""Runs the contract test of one published npm client against real servers."""
import os
import subprocess

from gamemetrics_server import ROOT, Server

LIMITED = {"ingest.key_requests_per_second": 1, "ingest.key_burst": "1s"}  # one request of a key a second
BUSY = {"ingest.in_flight_bytes_max": "1MiB"}  # refuses a body of more than that as it would any when others wait


def run_npm_contract(name, server, tmp_path, environment=None, small_body="2KiB"):
    """`test/compat/<name>` with GM_URL (the server), GM_SMALL_URL (no body above `small_body`), GM_BUSY_URL (soon at its limit)
    and GM_LIMITED_URL (one request a second)."""
    directory = ROOT / "test/compat" / name
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory, check=True, timeout=300)
    small, busy, limited = servers = [Server(tmp_path / name, settings) for name, settings in
                                      (("small", {"ingest.body_bytes_max": small_body}), ("busy", BUSY), ("limited", LIMITED))]
    try:
        for one in servers:
            one.start()
        variables = {"GM_URL": server.url, "GM_WRITE_KEY": server.write_key, "GM_PROJECT_KEY": server.project_key,
                     "GM_SMALL_URL": small.url, "GM_SMALL_WRITE_KEY": small.write_key,
                     "GM_SMALL_PROJECT_KEY": small.project_key, "GM_BUSY_URL": busy.url,
                     "GM_LIMITED_URL": limited.url, "GM_LIMITED_WRITE_KEY": limited.write_key,
                     "GM_LIMITED_PROJECT_KEY": limited.project_key, **(environment or {})}
        result = subprocess.run(["node", "--test"], cwd=directory, env={**os.environ, **variables}, capture_output=True,
                                text=True, timeout=120)
    finally:
        for one in servers:
            one.stop()
    print(result.stdout[-4000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout
