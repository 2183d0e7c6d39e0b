"""A key beyond its limits gets 429 in each dialect's own form: the form of its 503, with which the published clients are played (test/compat)."""
import json

import pytest

from dialect_requests import dialect_requests, key_pair, send
from gamemetrics_server import Server


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """One that takes a request a second of a key, and one without room for large bodies."""
    folder = tmp_path_factory.mktemp("limits")
    limited = Server(folder / "limited", {"ingest.key_requests_per_second": 1, "ingest.key_burst": "1s"})
    busy = Server(folder / "busy", {"ingest.in_flight_bytes_max": "1MiB"})
    try:
        for one in (limited, busy):
            one.start()
        yield limited, busy
    finally:
        for one in (limited, busy):
            one.stop()


def form_of(answer):
    """Content type, and the names in the body where it is JSON."""
    kind = (answer.headers["Content-Type"] or "").split(";")[0]
    try:
        said = json.loads(answer.body)
    except ValueError:
        return kind, None
    return kind, sorted(said) if isinstance(said, dict) else type(said).__name__


def test_every_dialect_says_429_and_when_to_come_again(servers):
    limited, busy = servers
    requests = dialect_requests(limited.write_key, key_pair(limited))
    for name, (path, body, headers, retryable) in requests.items():
        answers = [send(limited, path, body, headers) for _ in range(3)]
        refused = [answer for answer in answers if answer.status >= 400]
        assert refused and {answer.status for answer in refused} == {429}, (name, [answer.status for answer in answers])
        assert int(refused[0].headers["Retry-After"]) >= 1, name
        assert refused[0].headers["RateLimit-Policy"] == '"requests";q=1;w=1', name
        overloaded = send(busy, path, b" " * 1_500_000, headers)
        assert overloaded.status == retryable, (name, overloaded.status)
        assert form_of(refused[0]) == form_of(overloaded), name


def test_what_was_refused_is_nowhere_and_another_key_goes_on(servers):
    limited, _ = servers
    stored = limited.wait_processed()["stored"]
    accepted = 0
    for number in range(20):
        answer = limited.send([{"event": "x", "player_id": "p", "event_id": f"limit-{number}"}])
        accepted += answer.status == 200
        assert answer.status in (200, 429)
    state = limited.wait_processed()
    assert accepted < 20 and state["stored"] == stored + accepted and state["rejected"] == 0
    assert limited.get("/api/v1/project").status == 200, "reading is not held up by the limits of sending"
