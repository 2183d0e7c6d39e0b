"""The behaviour index in the real server: it answers what it can with SQL's numbers, survives kills, and a damaged or missing one costs speed only."""
import datetime
import json
import shutil
import subprocess
import time

from gamemetrics_server import BINARY, Server, request

TODAY = datetime.datetime.now(datetime.timezone.utc).date()
FIRST, LAST = str(TODAY - datetime.timedelta(days=10)), str(TODAY)
SETTINGS = {"behavior.run_events": "1000", "processor.interval": "5ms"}
FUNNEL = {"from": FIRST, "to": LAST, "steps": ["open", "play", "buy"], "breakdown": ["country"], "top": 2}
RETENTION = {"from": FIRST, "to": LAST, "start": "open", "return": "play", "days": [0, 1, 2, 3]}
TREND = {"from": FIRST, "to": LAST, "series": [{"event": "play", "measure": "players"}]}
QUESTIONS = {"funnel": FUNNEL, "retention": RETENTION, "trend": TREND}
NAMES = ("open", "play", "play", "buy", "quit")


def play(server, first_player=0):
    """2,000 events of 100 players over 8 days."""
    noon = datetime.datetime.combine(TODAY, datetime.time(0), datetime.timezone.utc) - datetime.timedelta(days=8)
    for part in range(4):
        events = []
        for i in range(part * 500, part * 500 + 500):
            when = noon + datetime.timedelta(minutes=i * 5 + i % 3)
            events.append({"event": NAMES[(i * 7 + i // 11) % 5], "player_id": f"p{first_player + i * 13 % 100}", "time": when.isoformat(),
                           "country": ("DE", "US", "FR", "JP")[i * 13 % 4]})
        assert server.post("/v1/events", {"events": events, "historical": True}).status == 200
    server.wait_processed()


def ask(server, kind, question):
    # Not a kept answer: it is about which engine answers now.
    answer = server.post(f"/api/v1/query/{kind}", question, {"Cache-Control": "no-cache"}, key=server.project_key)
    assert answer.status == 200, answer.body
    return answer.json()


def rows_by_index(server, seconds=30):
    """The rows of all questions, once the index answers them; compared with SQL's."""
    rows = {}
    for kind, question in QUESTIONS.items():
        deadline = time.monotonic() + seconds
        while (answer := ask(server, kind, question))["engine"] != "index":
            assert answer["engine_reason"] in ("behind", "damaged"), answer
            assert time.monotonic() < deadline, answer["engine_reason"]
            time.sleep(0.05)
        by_sql = ask(server, kind, {**question, "engine": "sql"})
        assert by_sql["engine_reason"] == "asked"
        assert answer["rows"] == by_sql["rows"] and answer["rows"]
        rows[kind] = answer["rows"]
    return rows


def doctor(server):
    arguments = [BINARY, "doctor", "-o", "json", f"--data_dir={server.data_dir}", "--http.address=127.0.0.1:0", "--internal.address=127.0.0.1:0"]
    found = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    return next(f for f in json.loads(found.stdout) if f["check"] == "behaviour index")


def runs(server):
    return sorted((server.data_dir / "behavior/0").glob("*.run"))


def test_the_index_answers_with_sqls_numbers_through_kills_and_damage(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server)
    before = rows_by_index(server)
    server.kill()
    server.start()
    assert rows_by_index(server) == before
    play(server, 1000)
    after = rows_by_index(server)
    assert after != before
    assert server.stop() == 0
    assert doctor(server)["verdict"] == "ok"

    largest = max(runs(server), key=lambda path: path.stat().st_size)
    damaged = bytearray(largest.read_bytes())
    damaged[520] ^= 0x40  # in the first column behind a section's header: found when a question reads it
    largest.write_bytes(damaged)
    assert doctor(server)["verdict"] == "warning"
    server.start()
    assert rows_by_index(server) == after
    assert server.stop() == 0
    assert doctor(server)["verdict"] == "ok"

    shutil.rmtree(server.data_dir / "behavior")
    server.start()
    assert rows_by_index(server) == after
    assert server.stop() == 0


def test_rebuild_makes_the_index_of_the_new_store(tmp_path):
    server = Server(tmp_path / "data", SETTINGS)
    server.start()
    play(server)
    before = rows_by_index(server)
    assert server.stop() == 0
    rebuilt = subprocess.run([BINARY, "rebuild", f"--data_dir={server.data_dir}"], capture_output=True, text=True, timeout=120)
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert doctor(server)["text"].endswith("2000 events")
    server.start()
    assert rows_by_index(server) == before
    metrics = request("GET", server.internal_url + "/metrics").body
    assert b"gamemetrics_behavior_rebuilds_total{" not in metrics, "it was made on the way, not anew at the start"
    assert server.stop() == 0


def test_without_the_index_sql_answers(tmp_path):
    server = Server(tmp_path / "data", {**SETTINGS, "behavior.enabled": "false"})
    server.start()
    play(server)
    for kind, question in QUESTIONS.items():
        assert ask(server, kind, question)["engine_reason"] == "off"
    assert not (server.data_dir / "behavior").exists()
    assert server.stop() == 0
