"""The schema registry: learned, declared, frozen, by command line and API; the same after a kill, a repeat and a rebuild."""
import json
import os
import shutil
import subprocess

from gamemetrics_server import BINARY, Server

VALUES = [{"level": 1, "mode": "story"}, {"level": "12a", "mode": None}, {"mode": ["a"], "level": 2, "won": True}, {"place": {"x": 1}}, {}]
EVENTS = [{"event": "play", "player_id": f"p{n % 3}", "event_id": f"00000000-0000-4000-8000-{n:012}", "time": "2026-11-20T10:00:00Z",
           "properties": VALUES[n % len(VALUES)]} for n in range(50)]


def schema(server, *arguments):
    environment = {**os.environ, "GAMEMETRICS_URL": server.url, "GAMEMETRICS_PROJECT_KEY": server.project_key}
    return subprocess.run([BINARY, "schema", *arguments], capture_output=True, text=True, timeout=60, env=environment)


def told(server, path="/api/v1/schema", **query):
    server.wait_processed()
    answer = server.get(path, **query)
    assert answer.status == 200, answer.body
    return answer.json()


def counts(server):
    """{(event, property, type): values}"""
    return {(event["event"], one["property"], seen["type"]): seen["values"] for event in told(server)["events"]
            for one in event["properties"] for seen in one["seen"]}


def test_what_comes_is_learned_once_whatever_happens(tmp_path):
    server = Server(tmp_path / "data", {"processor.interval": "5ms"})
    server.start()
    for start in range(0, len(EVENTS), 10):
        assert server.send(EVENTS[start:start + 10], historical=True).status == 200
        if start == 20:
            server.kill()
            server.start()
    assert server.send(EVENTS[:30], historical=True).json()["accepted"] == 30  # repeats
    expected = {("play", "level", "number"): 20, ("play", "level", "string"): 10, ("play", "mode", "string"): 10, ("play", "mode", "null"): 10,
                ("play", "mode", "list"): 10, ("play", "won", "boolean"): 10, ("play", "place", "object"): 10}
    assert counts(server) == expected
    before = told(server)
    assert before["events"][0]["events"] == len(EVENTS) and before["not_learned"] == []

    assert schema(server, "declare", "play", "level", "--type", "number").stdout == "1 declared\n"
    assert schema(server, "declare", "play").stdout == "3 declared\n"
    violations = json.loads(schema(server, "list", "--violations", "-o", "json").stdout)
    assert [(one["property"], one["got"], one["values"], one["sample"]) for one in violations] == [("level", "string", 10, "12a")]
    # Counted and stored as it came all the same.
    assert server.metric("events", "2026-11-20", "2026-11-20") == {"2026-11-20": 50}
    stored = server.post("/api/v1/sql", {"sql": "SELECT properties->>'level' AS level, count(*) FROM events GROUP BY 1 ORDER BY 1 NULLS LAST"},
                         key=server.project_key).json()
    assert stored["rows"] == [["1", 10], ["12a", 10], ["2", 10], [None, 20]]

    with_declarations = told(server)
    assert server.stop() == 0
    shutil.rmtree(server.data_dir / "store")
    done = subprocess.run([BINARY, "rebuild", f"--data_dir={server.data_dir}"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    server.start()
    assert told(server) == with_declarations
    assert schema(server, "forget", "play", "level").stdout == "1 forgotten\n"
    assert schema(server, "forget", "play", "level").returncode == 1
    assert json.loads(schema(server, "list", "--violations", "-o", "json").stdout) == []
    assert "12a" in schema(server, "list", "--event", "play").stdout
    refused = schema(server, "declare", "play", "level", "--type", "text")
    assert refused.returncode != 0 and "gm-query-invalid" in refused.stderr
    assert server.stop() == 0


def test_limits_keep_names_out_but_no_event(tmp_path):
    limits = {"schema.event_names_max": 2, "schema.properties_max": 3, "schema.name_bytes_max": 20, "schema.sample_bytes_max": 0}
    server = Server(tmp_path / "data", limits)
    server.start()
    when = {"player_id": "p", "time": "2026-11-20T10:00:00Z"}
    flood = [{"event": f"event_{n}", **when, "properties": {f"key_{n}_{i}": "secret" for i in range(5)}} for n in range(20)]
    flood.append({"event": "event_0", **when, "properties": {"a_name_of_more_than_twenty_bytes": 1, "key_0_0": 2}})
    assert server.send(flood, historical=True).json()["accepted"] == len(flood)
    answer = told(server)
    assert [event["event"] for event in answer["events"]] == ["event_0", "event_1"]
    assert answer["not_learned"] == [{"reason": "property_name_too_long", "times": 1}, {"reason": "too_many_event_names", "times": 18},
                                     {"reason": "too_many_properties", "times": 4}]
    assert [len(event["properties"]) for event in answer["events"]] == [3, 3]
    assert "secret" not in json.dumps(answer)
    assert [seen["type"] for seen in answer["events"][0]["properties"][0]["seen"]] == ["string", "number"]
    assert server.metric("events", "2026-11-20", "2026-11-20") == {"2026-11-20": len(flood)}
    assert server.stop() == 0
