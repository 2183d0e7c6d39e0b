"""Every file of test/corpus/ingestion as a request to the real binary: whatever it is sent, it lives on, and what it was told to be an event
is either stored or among the rejected events."""
import base64
import hashlib
import hmac
import http.client
import re

import pytest

from dialect_requests import key_pair
from gamemetrics_server import ROOT

CORPUS = ROOT / "test/corpus/ingestion"
DIALECTS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
# Where the body of a .bin file goes.
PATHS = {"native": "/v1/events", "posthog": "/batch/", "segment": "/v1/batch", "amplitude": "/2/httpapi", "snowplow": "/com.snowplowanalytics.snowplow/tp2",
         "mixpanel": "/track", "countly": "/i", "otlp": "/v1/logs", "cloudevents": "/v1/cloudevents", "aws_game": "/applications/game/events"}
# The keys that stand in bodies and addresses of the corpus.
STAND_INS = {"amplitude": rb'("api_key": ?"|api_key=)k\b', "countly": rb"(app_key=)k\b", "posthog": rb'("(?:api_key|token)": ?")k\b',
             "mixpanel": rb'("\$?token": ?"|token=)t1\b'}
# How the dialects say that a key is missing or not known; a body of which the key is a part cannot always be given another.
KEY_REFUSED = re.compile(rb"Invalid API key|no key was given|not known here")


class Keys:
    def __init__(self, server):
        self.write = server.write_key
        self.game, self.secret = key_pair(server)

    def headers(self, dialect, body):
        if dialect == "gameanalytics":
            return {"Authorization": base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()}
        if dialect == "segment":
            return {"Authorization": "Basic " + base64.b64encode(f"{self.write}:".encode()).decode()}
        if dialect in STAND_INS:
            return {}
        return {"Authorization": self.write if dialect == "aws_game" else f"Bearer {self.write}"}

    def put_in(self, dialect, data):
        if dialect in STAND_INS:
            data = re.sub(STAND_INS[dialect], lambda found: found.group(1) + self.write.encode(), data)
        return re.sub(rb"\b5c6bcb5402204249437fb5a7a80a4959\b", self.game.encode(), data)


def expectations(folder):
    """{file: (events, what is said)}: how many events the file holds, or 0 when it is refused as a whole."""
    found = {}
    for line in (folder / "expected.tsv").read_text().splitlines():
        if line.startswith("#") or not line:
            continue
        name, said = line.split("\t")
        counts = re.fullmatch(r"accepted=(\d+) refused=(\S*)(?: warnings=.*)?", said)
        refused = [tag for tag in counts.group(2).split(",") if tag] if counts else []
        found[name] = (int(counts.group(1)) + len(refused) if counts else 0, said)
    return found


def exchange(server, method, target, headers, body):
    """(status, body) with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def send(server, keys, dialect, path, with_key):
    data = path.read_bytes()
    if with_key:
        data = keys.put_in(dialect, data)
    method, target, headers = "POST", PATHS.get(dialect, f"/v2/{keys.game}/events"), {}
    if path.suffix == ".http":
        head, _, data = data.partition(b"\n\n")
        first, *lines = head.decode("latin-1").split("\n")
        method, target = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
    own = keys.headers(dialect, data) if with_key else {}
    if with_key and target.startswith("/i/v1/"):
        own = {"Authorization": f"Bearer {keys.write}"}
    return exchange(server, method, target, {**headers, **own}, data)


def counted(server):
    state = server.wait_processed()
    reasons = {row["reason"]: row["events"] for row in server.get("/api/v1/rejected", limit=1).json()["reasons"]}
    return state["stored"] + state["duplicates"], state["rejected"], reasons.get("body_malformed", 0)


def test_the_corpus_is_large():
    assert sum(len(expectations(CORPUS / dialect)) for dialect in DIALECTS) >= 700


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sent_is_stored_plus_rejected(server, dialect):
    keys, expected = Keys(server), expectations(CORPUS / dialect)
    sent, refused_whole, refused_as_events, without_key, answers = 0, 0, 0, [], {}
    for name, (events, said) in sorted(expected.items()):
        status, body = send(server, keys, dialect, CORPUS / dialect / name, not said.startswith("error=gm-key"))
        answers[name] = status
        assert status < 500, (name, status, body)
        if events and (status == 401 or KEY_REFUSED.search(body)):
            without_key.append(name)
        elif events:
            sent += events
            refused_as_events += said.count("body_malformed")
        else:
            refused_whole += said == "error=gm-body-malformed"
    stored, rejected, bodies = counted(server)
    bodies -= refused_as_events
    assert bodies <= refused_whole
    assert stored + rejected == sent + bodies, {"stored": stored, "rejected": rejected, "sent": sent, "bodies": bodies, "answers": answers}
    assert len(without_key) <= len(expected) // 8, without_key
    assert server.send([{"event": "after", "player_id": "all"}]).json()["accepted"] == 1
    assert server.process.poll() is None and server.stop() == 0
