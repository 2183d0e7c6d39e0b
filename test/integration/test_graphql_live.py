"""GraphQL subscriptions of the real binary: the published clients, and what they cannot show."""
import json
import os
import socket
import subprocess
import time

import pytest
from gamemetrics_server import BINARY, ROOT, Server

DIRECTORY = ROOT / "test/compat/graphql"


@pytest.fixture(scope="module")
def packages():
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=DIRECTORY, check=True, timeout=300)


def run_node(test, server):
    environment = {"GM_URL": server.url, "GM_METRICS_URL": server.internal_url, "GM_PROJECT_KEY": server.project_key, "GM_WRITE_KEY": server.write_key}
    result = subprocess.run(["node", "--test", test], cwd=DIRECTORY, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600)
    print(result.stdout[-4000:])
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert "# fail 0" in result.stdout and "# pass 0" not in result.stdout


@pytest.fixture
def live_server(tmp_path):
    """Little room in queues, few subscriptions a key, a short silence."""
    running = Server(tmp_path / "live", {"graphql.subscription_queue_bytes_max": "4KiB", "graphql.subscriptions_per_key_max": "2",
                                         "live.keep_alive": "200ms"})
    try:
        running.start()
        yield running
    finally:
        running.stop()


class EventStream:
    """An open subscription over a plain socket."""

    def __init__(self, server, query, key=None, origin=None):
        body = json.dumps({"query": query}).encode()
        head = ["POST /graphql HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Authorization: Bearer {key or server.project_key}",
                "Accept: text/event-stream", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        if origin:
            head.append(f"Origin: {origin}")
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        self.socket.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        self.text = ""

    def read_until(self, wanted):
        """Everything up to `wanted`, or to the end of the connection when that is None."""
        while wanted is None or wanted not in self.text:
            more = self.socket.recv(65536)
            if not more:
                assert wanted is None, f"the stream ended without {wanted!r}: {self.text[-2000:]}"
                return self.text
            self.text += more.decode()
        return self.text


PIPELINE = "subscription { pipeline(every: 3600) { logEnd } }"


def test_the_client_of_graphql_sse_subscribes(packages, live_server):
    run_node("subscriptions.test.mjs", live_server)


def test_a_silent_subscription_shows_that_it_is_alive(live_server):
    stream = EventStream(live_server, PIPELINE)
    stream.read_until('"logEnd":0')
    for _ in range(3):
        stream.text = ""
        stream.read_until(":\n\n")
    assert "event: complete" not in stream.text


def test_a_server_that_stops_completes_its_subscriptions(live_server):
    streams = [EventStream(live_server, PIPELINE), EventStream(live_server, "subscription { liveEvents { event } }")]
    streams[0].read_until('"logEnd":0')
    streams[1].read_until(":\n\n")
    begun = time.monotonic()
    live_server.process.terminate()
    for stream in streams:
        text = stream.read_until(None)
        assert '"code":"gm-server-stopping"' in text
        assert text.endswith("event: complete\ndata: \n\n\r\n0\r\n\r\n"), text[-300:]
        stream.socket.close()
    assert live_server.process.wait(timeout=30) == 0
    assert time.monotonic() - begun < 10, "it waited for http.shutdown_timeout"


def test_a_revoked_key_reads_nothing_more(live_server):
    stream = EventStream(live_server, PIPELINE)
    stream.read_until('"logEnd":0')
    settings = ["--data_dir", str(live_server.data_dir)]
    keys = json.loads(subprocess.run([BINARY, "key", "list", "--output", "json", *settings], check=True, capture_output=True, text=True).stdout)
    for key in keys:
        if key["kind"] == "project":
            subprocess.run([BINARY, "key", "revoke", str(key["id"]), *settings], check=True)
    text = stream.read_until("event: complete")
    assert '"code":"gm-key-unknown"' in text


def test_pages_of_elsewhere_may_not_subscribe(live_server):
    refused = EventStream(live_server, PIPELINE, origin="https://evil.example")
    assert "HTTP/1.1 403" in refused.read_until("gm-origin-not-allowed")
    own = EventStream(live_server, PIPELINE, origin=live_server.url)
    own.read_until('"logEnd":0')
