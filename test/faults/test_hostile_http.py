"""Clients that are slow, vanish, push ahead or try to smuggle: each is refused or served as the protocol wants it, none holds the server up."""
import json
import re
import socket
import struct
import time

import pytest

from gamemetrics_server import Server, request

SETTINGS = {"http.header_timeout": "600ms", "http.body_timeout": "600ms", "http.idle_timeout": "2s"}


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """A server with short deadlines, for all tests of this file: what one client does must not reach the next."""
    running = Server(tmp_path_factory.mktemp("strict") / "data", SETTINGS)
    try:
        running.start()
        yield running
        assert running.stop() == 0
    finally:
        running.stop()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=10)


def read_to_end(connection):
    """Everything until the server closes; a reset is an end, too."""
    received = b""
    try:
        while True:
            part = connection.recv(65536)
            if not part:
                return received
            received += part
    except ConnectionResetError:
        return received


def statuses(received):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def exchange(server, sent):
    with connect(server) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return read_to_end(connection)


def event(player):
    return json.dumps({"events": [{"event": "x", "player_id": player}]}).encode()


def head(server, *lines):
    return "\r\n".join(["POST /v1/events HTTP/1.1", "Host: game", f"Authorization: Bearer {server.write_key}", *lines, "", ""]).encode()


def whole(server, player):
    body = event(player)
    return head(server, f"Content-Length: {len(body)}") + body


def gauge(server, name):
    return float(re.search(rf"^{name} (\S+)$", request("GET", server.internal_url + "/metrics").body.decode(), re.M).group(1))


def still_well(server):
    """Serves at once, holds nothing of who is gone."""
    assert server.send([{"event": "well", "player_id": "p"}]).json()["accepted"] == 1
    deadline = time.monotonic() + 5
    while gauge(server, "gamemetrics_ingest_in_flight_bytes") > 0 or gauge(server, "gamemetrics_http_connections") > 1:
        assert time.monotonic() < deadline, request("GET", server.internal_url + "/metrics").body.decode()
        time.sleep(0.05)


def drip(server, data, every):
    """Sends a byte at a time until the server has had enough; what it said, and after how long."""
    started = time.monotonic()
    with connect(server) as connection:
        connection.setblocking(False)
        received = b""
        for byte in data:
            try:
                connection.sendall(bytes([byte]))
                received += connection.recv(65536)
                break
            except BlockingIOError:
                time.sleep(every)
            except OSError:
                break
        connection.setblocking(True)
        connection.settimeout(5)
        received += read_to_end(connection)
    return received, time.monotonic() - started


def test_a_head_that_comes_byte_by_byte_is_cut_off(strict):
    received, seconds = drip(strict, head(strict, "X-Slow: " + "y" * 2000), 0.02)
    assert statuses(received) == [408] and seconds < 3
    still_well(strict)


def test_a_body_that_comes_byte_by_byte_is_cut_off(strict):
    body = event("slow")
    received, seconds = drip(strict, head(strict, f"Content-Length: {len(body) + 5000}") + body + b" " * 5000, 0.005)
    assert statuses(received) == [408] and seconds < 8
    received, seconds = drip(strict, head(strict, "Transfer-Encoding: chunked") + b"1\r\n \r\n" * 3000, 0.005)
    assert statuses(received) == [408] and seconds < 8
    still_well(strict)


def test_many_slow_clients_do_not_keep_a_quick_one_waiting(strict):
    slow = [connect(strict) for _ in range(200)]
    for connection in slow:
        connection.sendall(head(strict, "Content-Length: 100000")[:-2] + b"X-More: ")
    took = []
    for _ in range(20):
        started = time.monotonic()
        assert strict.send([{"event": "quick", "player_id": "p"}]).status == 200
        took.append(time.monotonic() - started)
    assert sorted(took)[10] < 0.5, took
    for connection in slow:
        connection.close()
    still_well(strict)


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_client_that_vanishes_in_the_middle_leaves_nothing(strict, how):
    before = strict.wait_processed()["stored"]
    for cut in (5, 60, -10):
        connection = connect(strict)
        connection.sendall(whole(strict, f"half-{how}-{cut}")[:cut])
        if how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    still_well(strict)
    assert strict.wait_processed()["stored"] == before + 1


def test_a_client_that_vanishes_before_the_answer_has_its_events_counted_once(strict):
    before = strict.wait_processed()["stored"]
    for i in range(20):
        connection = connect(strict)
        connection.sendall(whole(strict, f"gone-{i}"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(0.02)
        connection.close()
    still_well(strict)
    assert before + 1 <= strict.wait_processed()["stored"] <= before + 21


def test_pipelined_requests_are_answered_in_their_order(strict):
    before = strict.wait_processed()["stored"]
    sent, expected = b"", []
    for i in range(60):
        if i % 3 == 0:
            sent, expected = sent + whole(strict, f"pipe-{i}"), [*expected, 200]
        elif i % 3 == 1:  # answered by another thread than the events
            sent += f"GET /api/v1/project HTTP/1.1\r\nHost: game\r\nAuthorization: Bearer {strict.project_key}\r\n\r\n".encode()
            expected.append(200)
        else:
            sent, expected = sent + f"GET /api/v1/nothing{i} HTTP/1.1\r\nHost: game\r\n\r\n".encode(), [*expected, 404]
    received = exchange(strict, sent)
    assert statuses(received) == expected
    bodies = re.findall(rb"\r\n\r\n(\{.*?)(?=HTTP/1\.1|\Z)", received, re.S)
    assert ["accepted" if b'"accepted":1' in b else "project" if b'"timezone"' in b else "nothing" for b in bodies] == ["accepted", "project", "nothing"] * 20
    assert strict.wait_processed()["stored"] == before + 20


# What a front and a back might read differently. The second request inside must never be taken as one.
def smuggled(server):
    return whole(server, "smuggled")


SMUGGLING = {
    "content-length and chunked": ["Content-Length: 6", "Transfer-Encoding: chunked"],
    "chunked and content-length": ["Transfer-Encoding: chunked", "Content-Length: 6"],
    "content-length twice": ["Content-Length: 0", "Content-Length: 5"],
    "content-length twice alike": ["Content-Length: 5", "Content-Length: 5"],
    "content-length as a list": ["Content-Length: 5, 5"],
    "content-length signed": ["Content-Length: +5"],
    "content-length negative": ["Content-Length: -1"],
    "content-length hexadecimal": ["Content-Length: 0x5"],
    "content-length beyond 64 bits": ["Content-Length: 18446744073709551621"],
    "a list of codings": ["Transfer-Encoding: chunked, chunked"],
    "identity after chunked": ["Transfer-Encoding: chunked, identity"],
    "gzip before chunked": ["Transfer-Encoding: gzip, chunked"],
    "chunked twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "an unknown coding": ["Transfer-Encoding: xchunked"],
    "chunked in quotes": ['Transfer-Encoding: "chunked"'],
    "a vertical tab": ["Transfer-Encoding: \x0bchunked"],
    "a space before the colon": ["Transfer-Encoding : chunked"],
    "a tab before the colon": ["Content-Length\t: 5"],
    "a folded line": ["X-Folded: a", " Transfer-Encoding: chunked"],
    "a bare line feed": ["X-Bare: a\nTransfer-Encoding: chunked"],
    "a bare carriage return": ["X-Bare: a\rTransfer-Encoding: chunked"],
    "a NUL": ["X-Nul: a\0b"],
    "a second host": ["Host: other"],
    "no colon at all": ["Transfer-Encoding chunked"],
}


@pytest.mark.parametrize("lines", SMUGGLING.values(), ids=SMUGGLING.keys())
def test_what_two_readers_could_read_differently_is_refused_and_the_connection_ends(strict, lines):
    before = strict.wait_processed()["stored"]
    received = exchange(strict, head(strict, *lines) + b"0\r\n\r\n" + smuggled(strict))
    assert len(statuses(received)) == 1 and statuses(received)[0] in (400, 501), received[:300]
    assert b"close" in received.lower().split(b"\r\n\r\n")[0]
    assert strict.wait_processed()["stored"] == before
    still_well(strict)


CHUNKS = {
    "a size that is no number": b"zz\r\n",
    "a size with a sign": b"+5\r\nhello\r\n0\r\n\r\n",
    "a size beyond 64 bits": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "a size with a prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "a line feed alone behind the size": b"5\nhello\r\n0\r\n\r\n",
    "data longer than its size": b"5\r\nhello!\r\n0\r\n\r\n",
    "a line feed alone behind the data": b"5\r\nhello\n0\r\n\r\n",
    "a line feed in an extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("chunks", CHUNKS.values(), ids=CHUNKS.keys())
def test_chunks_that_are_none_are_refused(strict, chunks):
    before = strict.wait_processed()["stored"]
    received = exchange(strict, head(strict, "Transfer-Encoding: chunked") + chunks + smuggled(strict))
    assert statuses(received) == [400], received[:300]
    assert strict.wait_processed()["stored"] == before
    still_well(strict)


def test_well_formed_chunks_are_a_body_and_what_follows_is_the_next_request(strict):
    before, body = strict.wait_processed()["stored"], event("chunked")
    parts = b"".join(b"%x;ext=1\r\n%s\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\nTrailer: x\r\n\r\n"
    received = exchange(strict, head(strict, "Transfer-Encoding: ChUnKeD") + parts + whole(strict, "next"))
    assert statuses(received) == [200, 200]
    assert strict.wait_processed()["stored"] == before + 2


def test_a_body_larger_than_allowed_is_refused_before_it_is_sent(strict):
    received = exchange(strict, head(strict, "Content-Length: 99999999", "Expect: 100-continue"))
    assert statuses(received) == [413]
    still_well(strict)
