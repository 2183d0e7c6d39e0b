"""What one game sends, no other is told: in every dialect, and on the streams that go on."""
import json
import re
import socket

import pytest
from dialect_requests import dialect_requests, key_pair, send
from gamemetrics_server import ROOT
from tenant_worlds import FROM, OTHER, TO, WORDS, Worlds, other_word
from web_socket import WebSocket


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    made = Worlds(tmp_path_factory.mktemp("worlds"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


def events(worlds, game):
    """{name: how often} of the project, where both are."""
    return worlds.shared_answer(game, "/api/v1/events/top", {"from": FROM, "to": TO, "limit": 1000})["rows"]


@pytest.mark.parametrize("game", sorted(WORDS))
def test_what_is_sent_lands_where_the_key_belongs(worlds, game):
    """In every dialect, whatever project and key the events themselves name."""
    other, pair = OTHER[game], key_pair(worlds.shared)  # the pair is of project a
    before, mine = events(worlds, other), sum(row["events"] for row in events(worlds, game))
    for dialect, (path, body, headers, _) in dialect_requests(worlds.write_key[game, worlds.shared], pair).items():
        if dialect == "gameanalytics" and game == "b":
            continue
        if dialect == "native":
            body = {**body, "project": 2, "project_id": 2, "token": worlds.write_key[other, worlds.shared], "key": worlds.write_key[other, worlds.shared]}
        assert send(worlds.shared, path, body, headers).status in (200, 202, 204), dialect
    worlds.shared.wait_processed()
    assert events(worlds, other) == before
    assert sum(row["events"] for row in events(worlds, game)) >= mine + len(dialect_requests("k", pair)) - 1


def read_until(connection, word):
    received = b""
    while word not in received:
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    return received


@pytest.mark.parametrize("game", sorted(WORDS))
def test_what_a_game_declares_is_expected_of_itself_alone(worlds, game):
    def told(whose):
        return [worlds.shared_answer(whose, path, {}) for path in ("/api/v1/schema", "/api/v1/schema/violations")]

    def change(what, body):
        return worlds.shared.post(f"/api/v1/schema/{what}", body, key=worlds.key[game, worlds.shared])

    before = told(OTHER[game])
    foreign = change("declare", {"event": f"{other_word(game)}_event"})
    assert foreign.status == 404 and foreign.json()["code"] == "gm-schema-unknown", "what the other game sent cannot be frozen"
    assert change("declare", {"event": "level_start", "property": "note", "types": ["number"]}).json() == {"declared": 1}
    assert told(OTHER[game]) == before
    schema, violations = told(game)
    assert f"{WORDS[game]}-note" in json.dumps(violations) and other_word(game) not in json.dumps([schema, violations])
    assert change("forget", {"event": "level_start"}).json() == {"forgotten": 1}
    assert told(OTHER[game]) == before and told(game)[1]["total"] == 0


# One for each field of the schema's Subscription.
SUBSCRIPTIONS = {
    "liveEvents": "liveEvents { event playerId country platform build properties }",
    "live": "live(every: 1) { players5Min players30Min minutes { minute events } events(first: 100) { event playerId properties } }",
    "metric": "metric(name: \"events\", days: 2, every: 1) { total points { date value } }",
    "pipeline": "pipeline(every: 1) { logEnd stored }",
}


def test_every_subscription_is_in_the_table(worlds):
    text = (ROOT / "schemas/analytics.graphql").read_text()
    body = re.sub(r'"""(?:.|\n)*?"""|"[^"\n]*"', "", text[text.index("type Subscription {"):].split("\n}\n")[0])
    assert set(re.findall(r"^  (\w+)[(:]", body, re.M)) == set(SUBSCRIPTIONS)


def over_events(worlds, game, query):
    """A subscription over server-sent events: its connection, and what has come with the head of the answer."""
    connection = socket.create_connection(("127.0.0.1", worlds.shared.port), timeout=30)
    body = json.dumps({"query": query})
    head = ["POST /graphql HTTP/1.1", "Host: x", f"Authorization: Bearer {worlds.key[game, worlds.shared]}", "Accept: text/event-stream",
            "Content-Type: application/json", f"Content-Length: {len(body)}"]
    connection.sendall(("\r\n".join(head) + "\r\n\r\n" + body).encode())
    return connection, read_until(connection, b"text/event-stream")


def over_socket(worlds, game, query):
    """The same over a WebSocket, which names the other's project and operation in vain."""
    web_socket = WebSocket(worlds.shared.port).greet(worlds.key[game, worlds.shared])
    web_socket.send({"id": "same", "type": "subscribe", "payload": {"query": query, "extensions": {"project": OTHER[game]}}})
    return web_socket.socket, web_socket.received


@pytest.mark.parametrize("carrier", [over_events, over_socket])
@pytest.mark.parametrize("name", sorted(SUBSCRIPTIONS))
@pytest.mark.parametrize("game", sorted(WORDS))
def test_a_subscription_tells_of_its_own_game(worlds, game, name, carrier):
    query = f"subscription {{ {SUBSCRIPTIONS[name]} }}"
    foreign, _ = carrier(worlds, OTHER[game], query)
    connection, received = carrier(worlds, game, query)
    with foreign, connection:
        for sender in (OTHER[game], game):  # the other's event is processed first
            note = {"event": "streamed", "player_id": "ada", "properties": {"note": f"{WORDS[sender]}-streamed"}}
            assert worlds.shared.post("/v1/events", {"events": [note]}, key=worlds.write_key[sender, worlds.shared]).status == 200
            worlds.shared.wait_processed()
        shows_events = name in ("live", "liveEvents")
        received += read_until(connection, f"{WORDS[game]}-streamed".encode() if shows_events else b"\"data\":")
        assert other_word(game).encode() not in received


def test_only_a_project_key_opens_a_socket_and_a_refusal_says_nothing(worlds):
    for what, key in worlds.forbidden.items():
        web_socket = WebSocket(worlds.shared.port)
        web_socket.send({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"} if key else {}})
        refusal = web_socket.message()
        assert refusal["close"] == 4403, (what, refusal)
        assert not any(word in refusal["reason"] for word in WORDS.values())
        if key:
            assert WebSocket(worlds.shared.port, [f"Authorization: Bearer {key}"]).status == (403 if what in ("write", "server") else 401), what


@pytest.mark.parametrize("game", sorted(WORDS))
def test_a_stream_shows_its_own_game(worlds, game):
    rows = {row for row, options in json.loads((ROOT / "test/integration/tenant_matrix.json").read_text())["rest"].items() if options.get("goes_on")}
    assert rows == {"GET /api/v1/live/stream"}, "a stream that is not read below"
    with socket.create_connection(("127.0.0.1", worlds.shared.port), timeout=30) as connection:
        key = worlds.key[game, worlds.shared]
        connection.sendall(f"GET /api/v1/live/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n".encode())
        received = read_until(connection, b"text/event-stream")
        for sender in (OTHER[game], game):  # the other's event is processed first
            note = {"event": "streamed", "player_id": "ada", "properties": {"note": f"{WORDS[sender]}-streamed"}}
            assert worlds.shared.post("/v1/events", {"events": [note]}, key=worlds.write_key[sender, worlds.shared]).status == 200
            worlds.shared.wait_processed()
        received += read_until(connection, f"{WORDS[game]}-streamed".encode())
        assert other_word(game).encode() not in received
