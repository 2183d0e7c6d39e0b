"""The real GameAnalytics client from the registry sends to the real binary."""
import os
import re
import subprocess

import pytest

from gamemetrics_server import BINARY, ROOT, Server
from sdk_contract import LIMITED


def key_pair(server):
    output = subprocess.run([BINARY, "key", "create", "gameanalytics", f"--data_dir={server.data_dir}"],
                            capture_output=True, text=True, check=True).stdout
    return re.search(r"game key\s+(\w{32})\nsecret key\s+(\w{40})\n", output).groups()


@pytest.fixture
def limited_server(tmp_path):
    """One that takes a request of a key a second."""
    running = Server(tmp_path / "limited", LIMITED)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def tight_server(tmp_path):
    """One that takes small bodies only, and has no room for large ones."""
    running = Server(tmp_path / "tight", {"ingest.in_flight_bytes_max": "1MiB", "ingest.batch_events_max": "100"})
    try:
        running.start()
        yield running
    finally:
        running.stop()


def test_gameanalytics_delivers_each_event_once_and_gives_up_only_what_cannot_be_taken(server, tight_server, limited_server):
    directory = ROOT / "test/compat/gameanalytics"
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory, check=True, timeout=300)
    game_key, secret_key = key_pair(server)
    tight_game_key, tight_secret_key = key_pair(tight_server)
    limited_game_key, limited_secret_key = key_pair(limited_server)
    environment = {**os.environ, "GM_URL": server.url, "GM_PROJECT_KEY": server.project_key, "GM_GAME_KEY": game_key,
                   "GM_SECRET_KEY": secret_key, "GM_TIGHT_URL": tight_server.url, "GM_TIGHT_GAME_KEY": tight_game_key,
                   "GM_TIGHT_SECRET_KEY": tight_secret_key, "GM_LIMITED_URL": limited_server.url, "GM_LIMITED_GAME_KEY": limited_game_key,
                   "GM_LIMITED_SECRET_KEY": limited_secret_key, "GM_LIMITED_PROJECT_KEY": limited_server.project_key}
    result = subprocess.run(["node", "--test", "contract.test.mjs"], cwd=directory, env=environment, capture_output=True, text=True, timeout=300)
    print(result.stdout[-4000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout
