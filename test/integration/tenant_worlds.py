"""Two games whose ids and names are the same, so that only the project tells them apart, on one server together and each on its own."""
import contextlib
import datetime
import json
import re
import sqlite3
import subprocess
import time
import uuid

from gamemetrics_server import BINARY, Server

WORDS = {"a": "aardvark", "b": "zeppelin"}
SETTINGS = {"a": {"project.name": "aardvark game", "project.time_zone": "UTC", "project.currency": "USD"},
            "b": {"project.name": "zeppelin game", "project.time_zone": "Asia/Shanghai", "project.currency": "CNY"}}
OTHER = {"a": "b", "b": "a"}
EXTRA_PLAYERS = {"a": 3, "b": 11}  # what is counted differs, too
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
FROM, TO = ((NOW + datetime.timedelta(days=days)).date().isoformat() for days in (-6, 1))


def other_word(game):
    return WORDS[OTHER[game]]


def event_of(game, number, player, name, minutes_ago, **more):
    word = WORDS[game]
    event = {"event_id": str(uuid.UUID(int=number + 1)), "event": name, "player_id": player, "session_id": f"s-{number % 5}", "country": "DE",
             "time": (NOW - datetime.timedelta(minutes=minutes_ago)).isoformat(), "platform": "ios", "device": f"{word}-device", "build": f"{word}-1.0",
             "properties": {"note": f"{word}-note", "level": number % 4, "attempt": 1, "$set": {"guild": f"{word}-guild"}}}
    return {**event, **more}


def events_of(game):
    """Ids, names, players and sessions are those of the other game, and a few of this one alone."""
    word, number = WORDS[game], 0
    currency, amount = SETTINGS[game]["project.currency"], {"a": "11.07", "b": "7703.19"}[game]
    events = []
    for player in ["ada", "bob", f"{word}-player", *(f"{word}-extra-{n}" for n in range(EXTRA_PLAYERS[game]))]:
        for day in range(5):
            for name in ("level_start", "level_complete", f"{word}_event"):
                events.append(event_of(game, number, player, name, day * 1440 + 90 - number % 60))
                number += 1
        events.append(event_of(game, number, player, "purchase", 1445, revenue={"amount": amount, "currency": currency}))
        number += 1
    events += [event_of(game, number + n, "ada", "level_start", 3, session_id=f"{word}-session") for n in range(2)]
    return events


def fill(server, game, key, half):
    """Sends one half of the game's events, refused ones with it."""
    events, word = events_of(game), WORDS[game]
    middle = len(events) // 2
    refused = [{"event": f"refused_{n}", "properties": {"note": f"{word}-refused"}} for n in range(3)]
    part = events[:middle] if half == 0 else events[middle:]
    assert server.post("/v1/events", {"events": part + refused, "historical": True}, key=key).json()["rejected"] == len(refused)
    assert server.post("/v1/events", b'{"broken-' + word.encode(), key=key).status == 400
    server.wait_processed()


def watch(server, game, key):
    """A rule that is never looked at, and a channel that nothing is sent to."""
    word = WORDS[game]
    body = {"kind": "webhook", "name": f"{word}-channel", "url": f"https://{word}.example/hook", "enabled": False}
    channel = server.post("/api/v1/channels", body, key=key)
    assert channel.status == 201, channel.body
    rule = {"name": f"{word}-rule", "metric": "dau", "condition": {"kind": "threshold", "above": 1}, "channels": [], "enabled": False}
    assert server.post("/api/v1/alert-rules", rule, key=key).status == 201


def adopt(server, source):
    """Gives the stopped `server` the project of the stopped `source`, with its keys."""
    with contextlib.closing(sqlite3.connect(source.data_dir / "metadata.sqlite")) as own:
        project = own.execute("SELECT name, time_zone, currency, created_ms FROM projects").fetchone()
        keys = own.execute("SELECT kind, hash, prefix, created_ms, revoked_ms, secret, origins FROM keys").fetchall()
    with contextlib.closing(sqlite3.connect(server.data_dir / "metadata.sqlite")) as shared, shared:
        number = shared.execute("INSERT INTO projects(name, time_zone, currency, created_ms) VALUES (?, ?, ?, ?)", project).lastrowid
        shared.executemany("INSERT INTO keys(project, kind, hash, prefix, created_ms, revoked_ms, secret, origins) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                           [(number, *key) for key in keys])


def keys_that_must_not_read(server):
    """{what it is: key}: the first project's other keys, one that is revoked, one mistyped, and none."""
    def command(*words):
        return subprocess.run([BINARY, "key", *words, f"--data_dir={server.data_dir}"], capture_output=True, text=True, check=True).stdout
    revoked = command("create", "project").strip()
    listed = json.loads(command("list", "-o", "json"))
    command("revoke", str(next(key["id"] for key in listed if revoked.startswith(key["prefix"]))))
    game = re.search(r"game key\s+(\w+)", command("create", "gameanalytics")).group(1)
    mistyped = server.project_key[:-1] + ("0" if server.project_key[-1] != "0" else "1")
    return {"none": "", "mistyped": mistyped, "revoked": revoked, "write": server.write_key, "server": command("create", "server").strip(), "game": game}


class Worlds:
    """`shared` serves both games, `alone[game]` one of them: what a game is told must not depend on the other."""

    def __init__(self, directory):
        self.alone = {game: Server(directory / game, SETTINGS[game]) for game in WORDS}
        self.shared = Server(directory / "shared", SETTINGS["a"])
        self.key, self.write_key, self.forbidden = {}, {}, {}

    def start(self):
        for game, server in self.alone.items():
            server.start()
            self.key[game, server], self.write_key[game, server] = server.project_key, server.write_key
        self.shared.start()
        self.forbidden = keys_that_must_not_read(self.shared)
        self.shared.stop()
        self.alone["b"].stop()
        adopt(self.shared, self.alone["b"])
        self.alone["b"].start()
        self.shared.start()
        for game, source in (("a", self.shared), ("b", self.alone["b"])):
            self.key[game, self.shared], self.write_key[game, self.shared] = source.project_key, source.write_key
        for half in (0, 1):
            for game in WORDS:
                for server in (self.shared, self.alone[game]):
                    fill(server, game, self.write_key[game, server], half)
        for game in WORDS:
            for server in (self.shared, self.alone[game]):
                watch(server, game, self.key[game, server])
        time.sleep(0.2)  # the live state follows the store

    def shared_answer(self, game, path, query):
        """What the game is told where both are."""
        return self.shared.get(path, key=self.key[game, self.shared], **query).json()

    def stop(self):
        for server in (self.shared, *self.alone.values()):
            server.stop()
