"""The description of the HTTP API against the real binary: what it says of itself, and what schemathesis makes of that."""
import datetime
import json
import os
import re
import socket
import subprocess

import pytest

from gamemetrics_server import ROOT, Server, request
from pinned_python import pinned_python

FOLDER = ROOT / "test/compat/schemathesis"
TODAY = datetime.datetime.now(datetime.timezone.utc)


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    """A server with some events and some refused ones, so that answers hold something."""
    server = Server(tmp_path_factory.mktemp("described") / "data")
    try:
        server.start()
        events = [{"event": f"e{n % 5}", "player_id": f"p{n % 9}", "session_id": "s", "country": "DE", "platform": "ios", "build": "1.0",
                   "time": (TODAY - datetime.timedelta(hours=7 * n)).isoformat(), "properties": {"n": n}} for n in range(60)]
        purchase = {"event": "purchase", "player_id": "p1", "revenue": {"amount": "1.99", "currency": "USD"}}
        assert server.send([*events, purchase, {"event": "nobody"}, {}]).json()["rejected"] == 2
        server.wait_processed()
        yield server
    finally:
        server.stop()


def test_the_server_gives_the_description_of_the_repository(described):
    answer = request("GET", described.url + "/openapi.json")
    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.body == (ROOT / "schemas/openapi.json").read_bytes()


@pytest.mark.parametrize("path", ["/docs", "/docs/errors"])
def test_the_pages_are_complete_in_themselves(described, path):
    answer = request("GET", described.url + path, headers={"Accept": "text/html"})
    page = answer.body.decode()
    assert answer.status == 200 and "default-src 'self'" in answer.headers["Content-Security-Policy"]
    for link in re.findall(r'(?:href|src)="([^"#]+)"', page):
        assert not link.startswith(("http", "//", "/")), link
        target = os.path.normpath(os.path.join(os.path.dirname(path), link))
        assert request("GET", described.url + target).status == 200, target
    anchors = set(re.findall(r'id="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= anchors


def test_a_problem_points_to_its_explanation(described):
    problem = described.get("/api/v1/metrics/none").json()
    page, anchor = problem["type"].split("#")
    assert f'id="{anchor}"' in request("GET", described.url + page).body.decode()


def test_the_stream_that_is_left_out_below_keeps_its_word(described):
    with socket.create_connection(("127.0.0.1", described.port), timeout=10) as connection:
        connection.sendall(f"GET /api/v1/live/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {described.project_key}\r\n\r\n".encode())
        received = connection.recv(65536)
        assert received.startswith(b"HTTP/1.1 200") and b"text/event-stream" in received
        described.send([{"event": "streamed", "player_id": "p"}])
        while b"event: event" not in received or not received.endswith(b"\n\n\r\n"):
            received += connection.recv(65536)
    entry = json.loads(re.search(rb"data: (\{.*\})", received).group(1))
    schema = json.loads((ROOT / "schemas/openapi.json").read_text())["components"]["schemas"]["FeedEntry"]
    assert set(entry) == set(schema["required"]) and entry["event"] == "streamed"


def test_schemathesis_finds_no_difference(described, tmp_path):
    python = pinned_python("compat-schemathesis", FOLDER / "requirements.txt")
    command = [python, "-m", "schemathesis.cli", "--config-file", FOLDER / "schemathesis.toml", "run", described.url + "/openapi.json",
               "--phases", "examples,coverage,fuzzing", "--max-time", "60", "--seed", "20261125", "--generation-database", "none",
               "--continue-on-failure", "--request-timeout", "10"]
    variables = {"GM_WRITE_KEY": described.write_key, "GM_PROJECT_KEY": described.project_key}
    result = subprocess.run(command, cwd=tmp_path, env={**os.environ, **variables}, capture_output=True, text=True, timeout=300)
    print(result.stdout[-3000:])
    assert result.returncode == 0, result.stdout[-12000:] + result.stderr[-3000:]
    assert described.process.poll() is None
