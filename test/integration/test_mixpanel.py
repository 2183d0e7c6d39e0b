"""The real mixpanel client from the registry sends to the real binary."""
import os
import subprocess

import pytest

from gamemetrics_server import ROOT, Server
from sdk_contract import LIMITED


@pytest.fixture
def servers(tmp_path):
    """One without room for large bodies, one that takes small ones only, and one that takes a request of a key a second."""
    main = Server(tmp_path / "main", {"ingest.in_flight_bytes_max": "1MiB"})
    tight = Server(tmp_path / "tight", {"ingest.body_bytes_max": "4KiB"})
    limited = Server(tmp_path / "limited", LIMITED)
    try:
        for one in (main, tight, limited):
            one.start()
        yield main, tight, limited
    finally:
        for one in (main, tight, limited):
            one.stop()


def test_mixpanel_delivers_each_event_once_and_tells_each_refusal(servers):
    main, tight, limited = servers
    directory = ROOT / "test/compat/mixpanel"
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=directory, check=True, timeout=300)
    environment = {**os.environ, "GM_URL": main.url, "GM_WRITE_KEY": main.write_key, "GM_PROJECT_KEY": main.project_key,
                   "GM_TIGHT_URL": tight.url, "GM_TIGHT_WRITE_KEY": tight.write_key,
                   "GM_LIMITED_URL": limited.url, "GM_LIMITED_WRITE_KEY": limited.write_key, "GM_LIMITED_PROJECT_KEY": limited.project_key}
    # The client would send through a proxy of the environment.
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        environment.pop(name, None)
    result = subprocess.run(["node", "--test", "contract.test.mjs"], cwd=directory, env=environment, capture_output=True, text=True, timeout=300)
    print(result.stdout[-4000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout
