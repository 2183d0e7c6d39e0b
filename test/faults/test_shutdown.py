"""SIGTERM under load: who was told "stored" finds it stored, who was not told is told to come again, and the process ends with 0."""
import collections
import threading
import time
import uuid

from gamemetrics_server import Server, request

SENDERS = 8
BATCH = 20


class Sender(threading.Thread):
    """Sends batches over new connections until the server is gone; counts answers by status."""

    def __init__(self, server):
        super().__init__()
        self.server, self.answers, self.acknowledged, self.unknown, self.odd = server, collections.Counter(), [], [], []

    def run(self):
        while True:
            batch = [{"event_id": str(uuid.uuid4()), "event": "x", "player_id": f"p{i}"} for i in range(BATCH)]
            try:
                answer = self.server.send(batch)
            except OSError as error:
                if isinstance(getattr(error, "reason", error), ConnectionRefusedError):
                    return
                self.unknown.append(batch)  # sent, and no answer: it may be stored or not
                continue
            self.answers[answer.status] += 1
            if answer.status == 200:
                self.acknowledged.append(batch)
            elif answer.status != 503 or "Retry-After" not in answer.headers:
                self.odd.append((answer.status, answer.body))


def stored_ids(server, batches):
    """How many of the batches' events are new to the server when they are sent again."""
    before = server.wait_processed()
    for batch in batches:
        assert server.send(batch).status == 200
    after = server.wait_processed()
    return after["stored"] - before["stored"]


def test_everything_acknowledged_before_a_stop_is_there_after_it(tmp_path):
    server = Server(tmp_path / "data")
    for _ in range(3):
        server.start()
        before = server.wait_processed()["stored"]
        senders = [Sender(server) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        time.sleep(1.0)
        started = time.monotonic()
        assert server.stop() == 0, server.log_tail()
        assert time.monotonic() - started < 12
        for sender in senders:
            sender.join(timeout=20)
        acknowledged = [batch for sender in senders for batch in sender.acknowledged]
        unknown = [batch for sender in senders for batch in sender.unknown]
        assert not [odd for sender in senders for odd in sender.odd]
        assert len(acknowledged) > SENDERS
        server.start()
        now = server.wait_processed()["stored"]
        assert before + BATCH * len(acknowledged) <= now <= before + BATCH * (len(acknowledged) + len(unknown))
        assert stored_ids(server, acknowledged) == 0, "what was acknowledged is known already"
        assert server.stop() == 0


def test_a_request_that_is_under_way_is_answered_before_the_end(tmp_path):
    """Its body comes while the server is stopping already."""
    import socket
    server = Server(tmp_path / "data")
    server.start()
    body = b'{"events":[{"event":"x","player_id":"p"}]}'
    head = f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.write_key}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head + body[:10])
        time.sleep(0.3)
        server.process.terminate()
        time.sleep(0.5)
        assert server.process.poll() is None, "it waits for the request"
        connection.sendall(body[10:])
        received = b""
        while part := connection.recv(65536):
            received += part
    assert received.startswith(b"HTTP/1.1 200") and b'"accepted":1' in received and b"Connection: close" in received
    assert server.process.wait(timeout=20) == 0
    server.start()
    assert server.wait_processed()["stored"] == 1
    try:
        request("GET", server.url + "/api/v1/project")
    finally:
        assert server.stop() == 0
