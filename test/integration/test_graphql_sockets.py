"""GraphQL over WebSockets of the real binary: the published client of graphql-ws, and what it cannot show."""
import json
import os
import re
import subprocess
import time

import pytest
from gamemetrics_server import BINARY, ROOT, Server, request
from test_graphql_live import PIPELINE, packages, run_node  # noqa: F401 (a fixture)
from web_socket import WebSocket

DIRECTORY = ROOT / "test/compat/graphql"


@pytest.fixture
def socket_server(tmp_path):
    """Short silences, small messages, few sockets a key."""
    running = Server(tmp_path / "sockets", {"graphql.socket_init_timeout": "500ms", "graphql.sockets_per_key_max": "3", "graphql.socket_operations_max": "4",
                                            "graphql.socket_message_bytes_max": "4KiB"})
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def plain_server(tmp_path):
    running = Server(tmp_path / "plain", {"graphql.sockets_per_key_max": "2000", "graphql.socket_ping_interval": "1h", "http.stream_queue_bytes_max": "64KiB",
                                          "http.body_timeout": "2s"})
    try:
        running.start()
        yield running
    finally:
        running.stop()


def metric(server, name):
    text = request("GET", server.internal_url + "/metrics").body.decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found.group(1)) if found else 0


def eventually(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.05)


def closed(reason):
    return f'gamemetrics_graphql_sockets_closed_total{{reason="{reason}"}}'


def test_the_client_of_graphql_ws_asks_and_subscribes(packages, socket_server):  # noqa: F811
    run_node("sockets.test.mjs", socket_server)


def test_a_client_subscribes_again_when_the_server_was_started_again(packages, socket_server):  # noqa: F811
    environment = {**os.environ, "GM_URL": socket_server.url, "GM_PROJECT_KEY": socket_server.project_key}
    with subprocess.Popen(["node", "subscriber.mjs"], cwd=DIRECTORY, env=environment, text=True, stdout=subprocess.PIPE) as client:
        try:
            assert json.loads(client.stdout.readline()) == {"stored": 0}
            assert socket_server.stop() == 0
            socket_server.start()
            assert json.loads(client.stdout.readline()) == {"stored": 0}
            socket_server.send([{"event": "level_start", "player_id": "ada"}])
            assert json.loads(client.stdout.readline()) == {"stored": 1}
        finally:
            client.terminate()
    assert metric(socket_server, closed("client_closed")) + metric(socket_server, closed("client_gone")) <= 1


def test_a_server_that_stops_says_goodbye_and_does_not_wait(socket_server):
    sockets = [WebSocket(socket_server.port).greet(socket_server.project_key) for _ in range(2)]
    sockets[0].subscribe("s", PIPELINE)
    assert sockets[0].message()["type"] == "next"
    begun = time.monotonic()
    socket_server.process.terminate()
    for each in sockets:
        assert each.message() == {"close": 1001, "reason": "gm-server-stopping: connect again"}
        each.close()
    assert socket_server.process.wait(timeout=30) == 0
    assert time.monotonic() - begun < 10, "it waited for http.shutdown_timeout"


def test_a_revoked_key_reads_nothing_more(socket_server):
    one = WebSocket(socket_server.port).greet(socket_server.project_key)
    one.subscribe("s", PIPELINE)
    assert one.message()["type"] == "next"
    settings = ["--data_dir", str(socket_server.data_dir)]
    keys = json.loads(subprocess.run([BINARY, "key", "list", "--output", "json", *settings], check=True, capture_output=True, text=True).stdout)
    subprocess.run([BINARY, "key", "revoke", str(next(key["id"] for key in keys if key["kind"] == "project")), *settings], check=True)
    said = one.message()
    assert said["payload"]["errors"][0]["extensions"]["code"] == "gm-key-unknown"
    assert one.message() == {"id": "s", "type": "complete"}
    one.subscribe("q", "{ pipeline { logEnd } }")
    assert one.message()["close"] == 4403


def test_pages_of_elsewhere_get_no_socket(socket_server):
    assert WebSocket(socket_server.port, ["Origin: https://evil.example"]).status == 403
    assert WebSocket(socket_server.port, [f"Origin: {socket_server.url}"]).greet(socket_server.project_key).status == 101


def test_who_takes_nothing_loses_its_socket_and_others_do_not_notice(plain_server):
    slow = WebSocket(plain_server.port, receive_bytes=4096).greet(plain_server.project_key)
    slow.socket.settimeout(1)
    introspection = "{ __schema { types { name description fields { name description type { name } } } } }"
    other = WebSocket(plain_server.port).greet(plain_server.project_key)
    for number in range(100_000):
        try:
            slow.subscribe(str(number), introspection)
        except OSError:  # the server reads no more of one that takes nothing, or has closed it
            if metric(plain_server, closed("too_slow")):
                break
    assert metric(plain_server, closed("too_slow")) == 1
    other.subscribe("q", "{ pipeline { logEnd } }")
    assert other.message()["payload"]["data"] == {"pipeline": {"logEnd": 0}}


def test_a_thousand_idle_sockets_cost_little(plain_server):
    before = plain_server.resident_bytes()
    sockets = [WebSocket(plain_server.port).greet(plain_server.project_key) for _ in range(1000)]
    assert metric(plain_server, "gamemetrics_graphql_sockets") == 1000
    each = (plain_server.resident_bytes() - before) / 1000
    busy = cpu_seconds(plain_server)
    time.sleep(3)
    busy = cpu_seconds(plain_server) - busy
    print(f"\nan idle WebSocket: {each / 1024:.1f} KiB; a thousand of them: {busy / 3 * 100:.1f} % of a processor")
    assert each < 64 * 1024
    sockets[500].subscribe("q", "{ pipeline { logEnd } }")
    assert sockets[500].message()["type"] == "next"
    for one in sockets:
        one.close()
    eventually(lambda: metric(plain_server, "gamemetrics_graphql_sockets") == 0)
    assert metric(plain_server, closed("client_gone")) == 1000


def cpu_seconds(server):
    fields = open(f"/proc/{server.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
