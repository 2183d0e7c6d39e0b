"""Real event data through HTTP by `gamemetrics import`, compared with a naive count of the file."""
import collections
import csv
import gzip
import io
import json
import subprocess

from gamemetrics_server import BINARY, ROOT


def import_file(server, path, mapping):
    return subprocess.run([BINARY, "import", path, "--url", server.url, "--key", server.write_key, "--mapping",
                           ROOT / "examples/mappings" / mapping], capture_output=True, text=True, timeout=300)


def check(server, rows):
    """`rows`: (date, player, event) of every line of the file."""
    server.wait_processed()
    days = sorted({day for day, _, _ in rows})
    first, last = days[0], days[-1]
    players = collections.defaultdict(set)
    for day, player, _ in rows:
        players[day].add(player)
    first_day = {}
    for day, player, _ in sorted(rows):
        first_day.setdefault(player, day)
    new = collections.Counter(first_day.values())
    dau = {d: v for d, v in server.metric("dau", first, last).items() if v}
    assert dau == {d: len(p) for d, p in players.items()}
    assert {d: v for d, v in server.metric("new_players", first, last).items() if v} == dict(new)
    assert server.top_events(first, last) == dict(collections.Counter(event for _, _, event in rows))


def test_browser_game_telemetry(server, real_data):
    path = real_data / "browser-game-events.ndjson.gz"
    rows = [json.loads(line) for line in gzip.open(path, "rt")]
    result = import_file(server, path, "browser-game.yaml")
    assert result.returncode == 0, result.stderr
    expected = [(r["timestamp"][:10], r["session_id"], r["event_name"]) for r in rows]
    check(server, expected)
    assert import_file(server, path, "browser-game.yaml").returncode == 0
    check(server, expected)


def test_clickstream(server, real_data):
    path = real_data / "clickstream.csv.gz"
    rows = list(csv.DictReader(io.StringIO(gzip.open(path, "rt").read())))
    result = import_file(server, path, "clickstream.yaml")
    assert result.returncode == 0, result.stderr
    check(server, [(r["timestamp"][:10], r["user_id"], r["event"]) for r in rows])
