"""Every named limit of ingestion and of the HTTP server, hit through the real binary: status, stable word, counter."""
import concurrent.futures
import gzip
import json
import random
import re
import socket
import subprocess
import time

import pytest
from gamemetrics_server import BINARY, Server, request

GENEROUS_S = 30  # for what has to happen soon, on a busy machine

SMALL = {
    "ingest.batch_events_max": "10", "ingest.body_bytes_max": "64KiB", "ingest.decompressed_bytes_max": "128KiB",
    "ingest.decompression_ratio_max": "20", "ingest.depth_max": "4", "ingest.event_age_max": "30d", "ingest.event_bytes_max": "4KiB",
    "ingest.properties_max": "8", "ingest.rejected_raw_bytes_max": "256", "ingest.refused_player_ids": "test-player", "http.body_rate_min": "1KiB", "http.body_timeout": "600ms", "http.header_bytes_max": "2KiB",
    "http.header_timeout": "600ms", "http.idle_timeout": "600ms",
}
NARROW = {"ingest.in_flight_bytes_max": "1MiB", "http.connections_max": "20"}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    yield from running(tmp_path_factory, SMALL)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    yield from running(tmp_path_factory, NARROW)


def running(tmp_path_factory, settings):
    server = Server(tmp_path_factory.mktemp("limits") / "data", settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def counter(server, name, **labels):
    """The sum over all rows of a metric that have these labels."""
    total = 0
    for line in request("GET", server.internal_url + "/metrics").body.decode().splitlines():
        row = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if row and row[1] == name:
            said = dict(re.findall(r'(\w+)="([^"]*)"', row[2] or ""))
            if all(said.get(key) == value for key, value in labels.items()):
                total += float(row[3])
    return total


def requests_refused(server, code):
    return counter(server, "gamemetrics_ingest_requests_total", source="native", code=code)


def one(**fields):
    return {"event": "a", "player_id": "p", **fields}


def nested(depth):
    return {} if depth == 0 else {"x": nested(depth - 1)}


def noise(size):
    return random.Random(7).randbytes(size)


# What the limit lets through just so, what it does not, and the tag of that event.
EVENT_LIMITS = {
    "ingest.depth_max": (one(properties=nested(2)), one(properties=nested(6)), "event_too_deep"),
    "ingest.properties_max": (one(properties={str(i): i for i in range(8)}), one(properties={str(i): i for i in range(9)}), "event_properties_too_many"),
    "ingest.event_bytes_max": (one(properties={"x": "y" * 3900}), one(properties={"x": "y" * 4096}), "event_too_large"),
    "ingest.event_age_max": (one(time=int((time.time() - 29 * 86400) * 1000)), one(time=int((time.time() - 31 * 86400) * 1000)), "event_time_too_old"),
    "ingest.refused_player_ids": (one(player_id="null"), one(player_id="Test-Player"), "player_id_refused"),
    "name of 200 bytes": (one(event="n" * 200), one(event="n" * 201), "event_name_too_long"),
    "player of 200 bytes": (one(player_id="n" * 200), one(player_id="n" * 201), "player_id_too_long"),
    "dimension of 200 bytes": (one(build="n" * 200), one(build="n" * 201), "field_too_long"),
}


@pytest.mark.parametrize("limit", EVENT_LIMITS)
def test_a_limit_of_events_refuses_the_event_alone_and_keeps_it(small, limit):
    good, bad, tag = EVENT_LIMITS[limit]
    before = counter(small, "gamemetrics_ingest_rejected_events_total", reason=tag)
    answer = small.send([good, bad])
    assert answer.status == 200, answer.body
    body = answer.json()
    assert (body["accepted"], body["rejected"]) == (1, 1), body
    assert [(r["index"], r["verdict"], r["tag"]) for r in body["results"]] == [(1, "drop", tag)]
    assert counter(small, "gamemetrics_ingest_rejected_events_total", reason=tag) == before + 1
    small.wait_processed()
    kept = small.get("/api/v1/rejected", reason=tag).json()["rows"][0]
    assert json.dumps(bad)[:100].replace(" ", "") in kept["raw"].replace(" ", "")
    assert len(kept["raw"].encode()) <= 256, "ingest.rejected_raw_bytes_max"


def test_an_event_too_far_ahead_is_counted_with_a_warning(small):
    before = counter(small, "gamemetrics_ingest_warnings_total", tag="event_time_in_future")
    answer = small.send([one(time=int((time.time() + 2 * 3600) * 1000))]).json()
    assert [(r["verdict"], r["tag"]) for r in answer["results"]] == [("warning", "event_time_in_future")]
    assert counter(small, "gamemetrics_ingest_warnings_total", tag="event_time_in_future") == before + 1


# Body, headers, status, code.
REQUEST_LIMITS = {
    "ingest.batch_events_max": (json.dumps({"events": [one()] * 11}).encode(), {}, 413, "gm-batch-too-large"),
    "ingest.batch_events_max of lines": ((json.dumps(one()) + "\n").encode() * 11, {"Content-Type": "application/x-ndjson"}, 413, "gm-batch-too-large"),
    "ingest.body_bytes_max": (b" " * (64 * 1024 + 1), {}, 413, "gm-body-too-large"),
    "ingest.decompression_ratio_max": (gzip.compress(b" " * 100_000), {"Content-Encoding": "gzip"}, 413, "gm-decompression-limit"),
    "ingest.decompressed_bytes_max": (gzip.compress(noise(40_000) + b" " * 100_000), {"Content-Encoding": "gzip"}, 413, "gm-decompression-limit"),
}


@pytest.mark.parametrize("limit", REQUEST_LIMITS)
def test_a_limit_of_requests_refuses_the_whole(small, limit):
    body, headers, status, code = REQUEST_LIMITS[limit]
    before = requests_refused(small, code)
    answer = small.post("/v1/events", body, headers)
    assert (answer.status, answer.json()["code"]) == (status, code), answer.body
    assert requests_refused(small, code) == before + 1


def test_just_so_many_events_and_bytes_are_taken(small):
    answer = small.send([one()] * 10)
    assert (answer.status, answer.json()["accepted"]) == (200, 10)
    body = json.dumps({"events": [one()]}).encode()
    assert small.post("/v1/events", body + b" " * (64 * 1024 - len(body))).status == 200


def conversation(server, *parts, pause=0.0):
    """Sends the parts with pauses between; what came back until the server closed, and after how many seconds that was."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=GENEROUS_S) as connection:
        started = time.monotonic()
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        except OSError:
            pass  # the server has closed; its answer may still be there
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
        return received, time.monotonic() - started


def answers(server, status):
    return counter(server, "http_server_request_duration_seconds_count", http_response_status_code=str(status))


HEAD = b"POST /v1/events HTTP/1.1\r\nHost: x\r\n"

# What is sent, with which pauses, and the answer.
CONNECTION_LIMITS = {
    "http.header_bytes_max": ([HEAD + b"X-Long: " + b"x" * 3000 + b"\r\n\r\n"], 0, 431, b"gm-headers-too-large"),
    "http.header_timeout": ([HEAD], 0, 408, b"gm-request-timeout"),
    "http.header_timeout of a slow loris": ([HEAD] + [b"X-%d: x\r\n" % i for i in range(40)], 0.1, 408, b"gm-request-timeout"),
    "http.body_timeout": ([HEAD + b"Content-Length: 100\r\n\r\n{"], 0, 408, b"gm-request-timeout"),
    "http.body_rate_min": ([HEAD + b"Content-Length: 1000\r\n\r\n"] + [b" "] * 40, 0.1, 408, b"gm-request-timeout"),
}


@pytest.mark.parametrize("limit", CONNECTION_LIMITS)
def test_a_limit_of_connections_answers_and_closes(small, limit):
    parts, pause, status, code = CONNECTION_LIMITS[limit]
    before = answers(small, status)
    received, took = conversation(small, *parts, pause=pause)
    assert received.startswith(b"HTTP/1.1 %d " % status), received
    assert code in received
    assert took < GENEROUS_S
    assert answers(small, status) == before + 1


def test_an_idle_connection_is_closed_without_a_word(small):
    received, took = conversation(small)
    assert received == b""
    assert 0.5 < took < GENEROUS_S


def test_a_body_beyond_the_bytes_in_flight_is_refused_before_it_is_sent(narrow):
    before = requests_refused(narrow, "gm-overloaded")
    received, _ = conversation(narrow, HEAD + b"Content-Length: 1500000\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 503 "), received
    assert b"gm-overloaded" in received and b"Retry-After: 1" in received
    assert requests_refused(narrow, "gm-overloaded") == before + 1
    assert counter(narrow, "gamemetrics_ingest_in_flight_bytes") == 0


def test_a_bomb_counts_against_the_bytes_in_flight(narrow):
    before = requests_refused(narrow, "gm-overloaded")
    answer = narrow.post("/v1/events", gzip.compress(noise(100_000) + b" " * 1_100_000), {"Content-Encoding": "gzip"})
    assert (answer.status, answer.json()["code"], answer.headers["Retry-After"]) == (503, "gm-overloaded", "1")
    assert requests_refused(narrow, "gm-overloaded") == before + 1
    assert counter(narrow, "gamemetrics_ingest_in_flight_bytes") == 0


def test_connections_beyond_the_limit_are_closed_and_counted(narrow):
    def refused():
        return counter(narrow, "gamemetrics_http_connections_refused_total", reason="connections_max")
    before = refused()
    held = [socket.create_connection(("127.0.0.1", narrow.port), timeout=GENEROUS_S) for _ in range(30)]
    try:
        for one_of_them in held:
            one_of_them.settimeout(0.2)
        deadline = time.monotonic() + GENEROUS_S
        while refused() == before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert refused() >= before + 10
    finally:
        for one_of_them in held:
            one_of_them.close()


# Setting, its value, a request of which the second is too much, how a throttled event is counted.
RATES = {
    "requests": ({"ingest.key_requests_per_second": "1"}, [one()], 0),
    "events": ({"ingest.key_requests_per_second": "0", "ingest.key_events_per_second": "5"}, [one()] * 5, 5),
    "bytes": ({"ingest.key_requests_per_second": "0", "ingest.key_bytes_per_second": "1KiB"}, [one(properties={"x": "y" * 900})], 0),
}


@pytest.mark.parametrize("rate", RATES)
def test_a_key_beyond_its_rate_waits_and_another_does_not(tmp_path, rate):
    settings, events, throttled = RATES[rate]
    server = Server(tmp_path / "data", {"ingest.key_burst": "1s", **settings})
    try:
        server.start()
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            got = list(pool.map(lambda _: server.send(events), range(12)))
        assert {answer.status for answer in got} == {200, 429}
        refused = [answer for answer in got if answer.status == 429]
        for answer in refused:
            assert answer.json()["code"] == "gm-rate-limited"
            assert 1 <= int(answer.headers["Retry-After"]) <= 12
            assert answer.headers["RateLimit"] == f'"{rate}";r=0;t={answer.headers["Retry-After"]}'
            assert re.fullmatch(rf'"{rate}";q=\d+;w=1', answer.headers["RateLimit-Policy"])
        assert requests_refused(server, "gm-rate-limited") == len(refused)
        counted = counter(server, "gamemetrics_ingest_events_total", source="native", outcome="throttled")
        # A key whose events were refused is not decoded until its wait is over: what it sends then is counted as requests only.
        assert counted in range(throttled, throttled * len(refused) + 1, throttled) if throttled else counted == 0
        state = server.wait_processed()
        assert state["stored"] + state["duplicates"] == len(events) * (12 - len(refused)), "nothing of a refused request is stored"
        command = [BINARY, "key", "create", "write", f"--data_dir={server.data_dir}"]
        other = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        deadline = time.monotonic() + GENEROUS_S
        while (answer := server.post("/v1/events", {"events": events}, key=other)).status == 401 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert answer.status == 200, answer.body
    finally:
        server.stop()


def test_a_client_of_ours_hears_what_is_left_of_its_rate(small):
    answer = small.send([one()])
    assert answer.headers["RateLimit-Policy"] == '"requests";q=10000;w=1'
    left = re.fullmatch(r'"requests";r=(\d+)', answer.headers["RateLimit"])
    assert left and 9000 < int(left[1]) <= 10000
    posthog = {"api_key": small.write_key, "batch": [{"event": "a", "distinct_id": "u"}]}
    assert small.post("/batch/", posthog).headers["RateLimit"] is None, "nobody there looks at it"
