"""Files that are streamed, and questions that are cancelled, against the real binary: memory, slow readers, clients that go, servers that are killed."""
import csv
import http.client
import io
import json
import socket
import subprocess
import threading
import time

import pytest
from gamemetrics_server import BINARY, Server, request

GENEROUS_S = 60  # for what has to happen soon, on a busy machine
MANY = 1_000_000
ROWS = ("SELECT range AS i, 'player-' || range AS player, range / 4.0 AS part, range % 2 = 0 AS even, "
        f"DATE '2026-01-01' + CAST(range % 300 AS INTEGER) AS day FROM range({MANY})")
# Nothing but a cancel ends it in time.
HEAVY = "SELECT count(*) FROM range(2000000) a, range(2000000) b WHERE a.range + b.range = -1"
PLENTY = "SELECT range AS i, 'a text that makes the row longer' AS t FROM range(9000000)"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("exports") / "data", {"sql.timeout": "10m", "export.timeout": "10m", "http.body_timeout": "5m"})
    try:
        made.start()
        yield made
    finally:
        made.stop()


def eventually(condition):
    end = time.monotonic() + GENEROUS_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def running(server):
    return server.get("/api/v1/queries").json()["queries"]


def open_question(server, sql, form="json", query_id=None):
    """A connection on which the question has been asked; nothing is read yet."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=GENEROUS_S * 4)
    headers = {"Authorization": f"Bearer {server.project_key}", "Content-Type": "application/json"}
    if query_id:
        headers["X-Query-Id"] = query_id
    connection.request("POST", f"/api/v1/sql?format={form}", json.dumps({"sql": sql}), headers)
    return connection


def ask(server, sql, form):
    connection = open_question(server, sql, form)
    answer = connection.getresponse()
    return answer.status, answer.read()


def cancel(server, query_id):
    return request("DELETE", f"{server.url}/api/v1/queries/{query_id}", headers={"Authorization": f"Bearer {server.project_key}"})


def metric(server, name, label=""):
    lines = request("GET", server.internal_url + "/metrics").body.decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name) and label in line)


def test_a_million_rows_are_not_held(server):
    ask(server, "SELECT 1 FROM range(10)", "csv")
    before = server.resident_bytes()
    peak, stop = [before], threading.Event()

    def watch():
        while not stop.wait(0.02):
            peak[0] = max(peak[0], server.resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    sizes = {}
    for form in ("csv", "ndjson", "parquet"):
        status, body = ask(server, ROWS, form)
        assert status == 200
        sizes[form] = len(body)
        if form == "csv":
            assert body.count(b"\n") == MANY + 1
        if form == "ndjson":
            assert json.loads(body.splitlines()[-1])["player"] == f"player-{MANY - 1}"
    stop.set()
    watcher.join()
    print(f"resident before {before >> 20} MiB, peak {peak[0] >> 20} MiB, bytes {sizes}")
    assert peak[0] - before < sizes["ndjson"] * 4  # the sanitizers' own memory is in it; a whole answer as values is ten times its text


SMALL = ROWS.replace(str(MANY), "3000") + " ORDER BY i"


def test_every_text_says_the_same(server):
    rows = json.loads(ask(server, SMALL, "json")[1])["rows"]
    lines = [list(json.loads(line).values()) for line in ask(server, SMALL, "ndjson")[1].splitlines()]
    assert lines == rows
    table = list(csv.reader(io.StringIO(ask(server, SMALL, "csv")[1].decode())))
    assert table[0] == ["i", "player", "part", "even", "day"]
    assert [[int(i), player, float(part), even == "true", day] for i, player, part, even, day in table[1:]] == rows


def test_parquet_says_the_same(server, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = json.loads(ask(server, SMALL, "json")[1])["rows"]
    path = tmp_path / "answer.parquet"
    path.write_bytes(ask(server, SMALL, "parquet")[1])
    read = parquet.read_table(path).to_pylist()
    assert [[row["i"], row["player"], row["part"], row["even"], row["day"].isoformat()] for row in read] == rows


def test_a_slow_reader_holds_the_server_back_and_gets_everything(server):
    connection = open_question(server, PLENTY.replace("9000000", "400000"), "csv", "slow")
    answer = connection.getresponse()
    assert answer.status == 200 and answer.headers["X-Query-Id"] == "slow"
    assert eventually(lambda: running(server) and running(server)[0]["bytes"] > 0)

    def stands():
        first = running(server)[0]["bytes"]
        time.sleep(1)
        return running(server)[0]["bytes"] == first

    assert eventually(stands)
    assert running(server)[0]["rows"] < 400_000
    assert answer.read().count(b"\n") == 400_001
    assert eventually(lambda: not running(server))


def test_a_heavy_statement_ends_soon_after_its_cancel(server):
    for form in ("json", "csv"):
        connection = open_question(server, HEAVY, form, "heavy")
        assert eventually(lambda: [query["id"] for query in running(server)] == ["heavy"])
        begun = time.monotonic()
        assert cancel(server, "heavy").status == 202
        answer = connection.getresponse()
        took = time.monotonic() - begun
        print(f"cancelled after {took * 1000:.0f} ms ({form})")
        assert answer.status == 409 and json.loads(answer.read())["code"] == "gm-query-cancelled"
        assert took < GENEROUS_S
    assert cancel(server, "heavy").status == 404


def test_a_client_that_goes_cancels(server):
    before = metric(server, "gamemetrics_queries_cancelled_total", 'by="client_gone"')
    for sql, form in ((HEAVY, "json"), (HEAVY, "csv"), (PLENTY, "csv"), (PLENTY, "parquet")):
        connection = open_question(server, sql, form, "left")
        assert eventually(lambda: running(server))
        connection.close()
        assert eventually(lambda: not running(server)), (sql, form)
    assert metric(server, "gamemetrics_queries_cancelled_total", 'by="client_gone"') == before + 4


def test_a_cancelled_stream_is_no_whole_file(server):
    for form in ("csv", "ndjson", "parquet"):
        connection = open_question(server, PLENTY, form, "stream")
        answer = connection.getresponse()
        answer.read(100_000)
        assert cancel(server, "stream").status == 202
        with pytest.raises((http.client.IncompleteRead, ConnectionError, ValueError)):
            answer.read()
        assert eventually(lambda: not running(server))


def test_a_limit_that_is_met_breaks_the_answer_off(tmp_path):
    server = Server(tmp_path / "data", {"export.rows_max": "100000"})
    try:
        server.start()
        assert ask(server, "SELECT range FROM range(100000)", "csv")[1].count(b"\n") == 100_001
        with pytest.raises((http.client.IncompleteRead, ConnectionError, ValueError)):
            ask(server, "SELECT range FROM range(100001)", "csv")
        assert eventually(lambda: metric(server, "gamemetrics_exports_broken_total", 'reason="gm-export-too-large"') == 1)
        # HTTP/1.0 has no chunks: the end of the connection must not look like a good one.
        body = json.dumps({"sql": "SELECT range FROM range(100001)"})
        with socket.create_connection(("127.0.0.1", server.port)) as raw, pytest.raises(ConnectionError):
            raw.sendall((f"POST /api/v1/sql?format=csv HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {server.project_key}\r\n"
                         f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
            while raw.recv(65536):
                pass
    finally:
        server.stop()


def test_a_server_that_is_killed_leaves_no_whole_file(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    connection = open_question(server, PLENTY, "csv")
    answer = connection.getresponse()
    answer.read(100_000)
    server.kill()
    with pytest.raises((http.client.IncompleteRead, ConnectionError, ValueError)):
        answer.read()


def gamemetrics(server, *arguments):
    command = [BINARY, "query", "--url", server.url, "--key", server.project_key, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS_S * 4)


def test_the_command_line_writes_a_file_when_it_is_whole(server, tmp_path):
    whole, short = tmp_path / "whole.csv", tmp_path / "short.csv"
    done = gamemetrics(server, "--sql", "SELECT range AS i FROM range(50000)", "--format", "csv", "--file", str(whole))
    assert done.returncode == 0 and "whole.csv" in done.stderr
    assert whole.read_text().count("\n") == 50_001
    assert "i\n1\n" in gamemetrics(server, "--sql", "SELECT 1 AS i", "-o", "csv").stdout.replace("\r", "")
    asked = ["--sql", PLENTY, "--format", "ndjson", "--file", str(short)]
    started = subprocess.Popen([BINARY, "query", "--url", server.url, "--key", server.project_key, *asked], stderr=subprocess.PIPE, text=True)
    assert eventually(lambda: running(server))
    listed = gamemetrics(server, "list").stdout
    query_id = running(server)[0]["id"]
    assert query_id in listed
    assert gamemetrics(server, "cancel", query_id).returncode == 0
    assert started.wait(GENEROUS_S) != 0
    assert "not whole" in started.stderr.read()
    assert not short.exists() and not list(tmp_path.glob("*.part"))
