"""Published Python packages (OpenTelemetry's exporter, the CloudEvents SDK) send to the real binary."""
import base64
import json
import os
import subprocess

import pytest

from gamemetrics_server import ROOT, Server
from pinned_python import pinned_python

DIRECTORY = ROOT / "test/compat/python"


@pytest.fixture(scope="module")
def python():
    """An interpreter that has the pinned packages."""
    return pinned_python("compat-python", DIRECTORY / "requirements.txt")


def run(python, module, environment):
    result = subprocess.run([python, "-m", "unittest", "-v", module], cwd=DIRECTORY, env={**os.environ, **environment}, capture_output=True,
                            text=True, timeout=120)
    assert result.returncode == 0 and "OK" in result.stderr, result.stdout[-2000:] + result.stderr[-6000:]


def keys(server):
    return {"GM_URL": server.url, "GM_WRITE_KEY": server.write_key, "GM_PROJECT_KEY": server.project_key}


def overloaded(server):
    """A real 503: the body is larger than what the server may hold at once."""
    answer = server.post("/v1/logs", b"\x0a" * 1_500_000, {"Content-Type": "application/x-protobuf"})
    assert answer.status == 503 and answer.headers["Retry-After"] == "1"
    kept = {name: answer.headers[name] for name in ("Content-Type", "Retry-After")}
    return json.dumps({"status": 503, "headers": kept, "body": base64.b64encode(answer.body).decode()})


def test_opentelemetry_exporter(python, server, tmp_path):
    small = Server(tmp_path / "small", {"ingest.body_bytes_max": "2KiB"})
    full = Server(tmp_path / "full", {"ingest.in_flight_bytes_max": "1MiB"})
    try:
        small.start()
        full.start()
        run(python, "opentelemetry_contract", {**keys(server), "GM_SMALL_URL": small.url, "GM_SMALL_KEY": small.write_key,
                                               "GM_OVERLOADED": overloaded(full)})
    finally:
        small.stop()
        full.stop()


def test_cloudevents_sdk(python, server):
    run(python, "cloudevents_contract", keys(server))
