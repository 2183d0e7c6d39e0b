"""From an event to a number, through the real binary."""
import datetime
import json
import subprocess
import time
import uuid

import pytest

from gamemetrics_server import BINARY, request

TODAY = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
YESTERDAY = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).strftime("%Y-%m-%d")


def event(**fields):
    return {"event_id": str(uuid.uuid4()), "event": "level_start", "player_id": "p1", **fields}


def total(server, metric):
    return sum(v or 0 for v in server.metric(metric, YESTERDAY, TODAY).values())


def test_an_event_is_counted_once_and_a_repeat_changes_no_number(server):
    batch = [event(player_id=f"p{i % 7}", event=f"e{i % 3}") for i in range(100)]
    for _ in range(3):
        answer = server.send(batch)
        assert answer.status == 200
        assert answer.json()["accepted"] == 100
        server.wait_processed()
        assert total(server, "events") == 100
        assert sum(server.top_events(YESTERDAY, TODAY).values()) == 100
        assert server.get("/api/v1/metrics/new_players", **{"from": YESTERDAY, "to": TODAY}).json()["total"] == 7
    assert server.pipeline()["duplicates"] == 200


def test_a_repeat_inside_one_request_is_counted_once(server):
    one = event()
    assert server.send([one, one, one]).json()["accepted"] == 3
    server.wait_processed()
    assert total(server, "events") == 1


def test_a_repeat_after_a_restart_is_counted_once(server):
    batch = [event() for _ in range(50)]
    server.send(batch)
    server.wait_processed()
    assert server.stop() == 0
    server.start()
    server.send(batch)
    server.wait_processed()
    assert total(server, "events") == 50


def test_gzip_is_understood_with_and_without_its_header(server):
    import gzip
    assert server.send_gzip({"events": [event()]}).status == 200
    assert server.post("/v1/events", gzip.compress(json.dumps({"events": [event()]}).encode())).status == 200
    server.wait_processed()
    assert total(server, "events") == 2


def test_a_backfill_line_by_line_lands_on_its_day_once(server):
    import zlib
    lines = [json.dumps(event(player_id=f"p{i}", time="2025-03-01T10:00:00Z")) for i in range(50)]
    lines[20:20] = ["", '{"event": "cut']
    deflate = zlib.compressobj(wbits=-15)
    body = deflate.compress("\n".join(lines).encode()) + deflate.flush()
    for _ in range(2):
        answer = server.post("/v1/events?historical=true", body, {"Content-Type": "application/x-ndjson", "Content-Encoding": "deflate"})
        assert answer.status == 200, answer.body
        assert (answer.json()["accepted"], answer.json()["rejected"]) == (50, 1)
        assert [(one["index"], one["tag"]) for one in answer.json()["results"]] == [(21, "line_malformed")]
    server.wait_processed()
    assert server.metric("dau", "2025-03-01", "2025-03-01") == {"2025-03-01": 50}


def test_an_unknown_content_coding_is_told_what_there_is(server):
    answer = server.post("/v1/events", b"{}", {"Content-Encoding": "lzma"})
    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "gzip, deflate, br, zstd")


BAD_EVENTS = [
    ({"player_id": "p1"}, "drop"),
    ({"event": "x"}, "drop"),
    ({"event": "", "player_id": "p1"}, "drop"),
    ({"event": "x", "player_id": "null"}, "drop"),
    ({"event": 7, "player_id": "p1"}, "drop"),
    ({"event": "x", "player_id": {"a": 1}}, "drop"),
    ({"event": "x" * 201, "player_id": "p1"}, "drop"),
    ({"event": "x", "player_id": "p" * 201}, "drop"),
    ({"event": "x", "player_id": "p1", "time": "yesterday"}, "drop"),
    ({"event": "x", "player_id": "p1", "time": "1970-01-02T00:00:00Z"}, "drop"),
    ({"event": "x", "player_id": "p1", "time": "2999-01-01T00:00:00Z"}, "warning"),
    ({"event": "x", "player_id": "p1", "properties": [1]}, "drop"),
    ({"event": "x", "player_id": "p1", "revenue": {"amount": "much", "currency": "USD"}}, "drop"),
    ("not an object", "drop"),
    (None, "drop"),
]


def test_bad_events_get_verdicts_and_the_good_ones_of_the_batch_count(server):
    good = [event() for _ in range(5)]
    answer = server.send(good + [bad for bad, _ in BAD_EVENTS]).json()
    drops = sum(verdict == "drop" for _, verdict in BAD_EVENTS)
    assert answer["rejected"] == drops
    assert answer["accepted"] + answer["rejected"] == len(good) + len(BAD_EVENTS)
    verdicts = {r["index"] - len(good): r["verdict"] for r in answer["results"]}
    assert verdicts == {i: verdict for i, (_, verdict) in enumerate(BAD_EVENTS)}
    assert all(r["tag"] for r in answer["results"])
    server.wait_processed()
    assert total(server, "events") == len(good) + len(BAD_EVENTS) - drops
    listed = server.get("/api/v1/rejected", limit=100).json()
    assert listed["total"] == drops
    assert sum(r["events"] for r in listed["reasons"]) == drops
    assert {row["reason"] for row in listed["rows"]} == {r["tag"] for r in answer["results"] if r["verdict"] == "drop"}


def test_deep_and_large_events_are_refused_alone(server):
    deep = event(properties=json.loads("[" * 200 + "]" * 200) and {"a": json.loads("[" * 200 + "]" * 200)})
    large = event(properties={"text": "x" * 600_000})
    answer = server.send([event(), deep, large]).json()
    assert (answer["accepted"], answer["rejected"]) == (1, 2)
    assert [r["verdict"] for r in answer["results"]] == ["drop", "drop"]


@pytest.mark.parametrize("body, status, code", [
    (b"{", 400, "gm-body-malformed"),
    (b"", 400, "gm-body-malformed"),
    (b'{"events":[]}', 400, "gm-batch-empty"),
    (b'{"events":7}', 400, "gm-body-malformed"),
    (b'{"events":[{"event":"\xff\xfe","player_id":"p"}]}', 400, "gm-body-malformed"),
    (b"x" * (3 << 20), 413, "gm-body-too-large"),
    (json.dumps({"events": [{"event": "x", "player_id": "p"}] * 1001}).encode(), 413, "gm-batch-too-large"),
])
def test_bad_requests_get_their_stable_error(server, body, status, code):
    answer = server.post("/v1/events", body)
    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert len(answer.json()["trace_id"]) == 32


def test_a_wrong_key_is_refused(server):
    assert server.post("/v1/events", {"events": [event()]}, key="gm_wk_nonsense").status == 401
    assert server.post("/v1/events", {"events": [event()]}, key=server.project_key).status == 403
    assert server.get("/api/v1/project", key=server.write_key).status == 403
    assert server.get("/api/v1/project", key="").status == 401


def test_a_malformed_body_is_kept_as_rejected(server):
    server.post("/v1/events", b'{"events": [')
    server.wait_processed()
    assert server.get("/api/v1/rejected").json()["total"] == 1


def test_rejected_events_are_listed_by_the_command_line(server):
    server.send([{"event": "x"}])
    server.wait_processed()
    output = subprocess.run([BINARY, "query", "rejected", "--url", server.url, "--key", server.project_key, "-o", "json"],
                            capture_output=True, text=True, check=True).stdout
    assert "player_id" in output


def test_an_event_is_visible_within_two_seconds(server):
    waits = []
    for i in range(20):
        started = time.monotonic()
        server.send([event(event=f"probe{i}")])
        while f"probe{i}" not in server.top_events(YESTERDAY, TODAY):
            assert time.monotonic() - started < 10
            time.sleep(0.01)
        waits.append(time.monotonic() - started)
    p95 = sorted(waits)[18]
    print(f"\nevent to visible: median {sorted(waits)[10]:.3f} s, p95 {p95:.3f} s")
    assert p95 <= 2


def test_sessions_retention_and_revenue_of_a_hand_made_game(server):
    day = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0) - datetime.timedelta(days=3)

    def at(days, hours, minutes=0):
        return (day + datetime.timedelta(days=days, hours=hours, minutes=minutes)).isoformat()

    events = [event(player_id="a", time=at(0, 10), session_id="s1"), event(player_id="a", time=at(0, 10, 20), session_id="s1"),
              event(player_id="a", time=at(1, 9)), event(player_id="a", time=at(1, 9, 29)), event(player_id="a", time=at(1, 10)),
              event(player_id="b", time=at(0, 23, 59), event="purchase", revenue={"amount": "4.99", "currency": "USD"}),
              event(player_id="c", time=at(1, 0, 1)), event(player_id="c", time=at(2, 0, 1))]
    assert server.send(events, historical=True).json()["accepted"] == len(events)
    server.wait_processed()
    first, last = at(0, 0)[:10], at(2, 0)[:10]
    d0, d1, d2 = (at(i, 0)[:10] for i in range(3))
    assert server.metric("dau", first, last) == {d0: 2, d1: 2, d2: 1}
    assert server.metric("new_players", first, last) == {d0: 2, d1: 1, d2: 0}
    assert server.metric("returning_players", first, last) == {d0: 0, d1: 1, d2: 1}
    assert server.metric("sessions", first, last) == {d0: 2, d1: 3, d2: 1}
    assert server.metric("revenue", first, last) == {d0: 4.99, d1: 0, d2: 0}
    assert server.metric("session_minutes", first, last)[d1] == pytest.approx(29 / 3)
    retention = server.get("/api/v1/retention", **{"from": first, "to": first, "days": "0,1,2"}).json()
    cohort = retention["cohorts"][0]
    assert (cohort["cohort_date"], cohort["size"]) == (d0, 2)
    assert [(c["day"], c["players"]) for c in cohort["cells"]] == [(0, 2), (1, 1), (2, 0)]


def test_probes_metrics_and_logs(server):
    server.send([event()], sent_at=datetime.datetime.now(datetime.timezone.utc).isoformat())
    server.post("/v1/events", b"{", {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    for probe in ("/livez", "/readyz", "/readyz?verbose", "/startupz"):
        assert request("GET", server.internal_url + probe).status == 200
    exposed = request("GET", server.internal_url + "/metrics").body.decode()
    names = {line.split("{")[0].split(" ")[0] for line in exposed.splitlines() if line and not line.startswith("#")}
    catalog = subprocess.run([BINARY, "metrics-catalog"], capture_output=True, text=True, check=True).stdout
    for name in names:
        assert name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") in catalog or name in catalog, name
    assert 'gamemetrics_ingest_events_total{source="native",outcome="accepted"} 1' in exposed
    lines = [json.loads(line) for line in server.log_file.read_text().splitlines() if line.strip()]
    assert lines and all({"ts", "level", "message"} <= line.keys() for line in lines)
    assert not any(server.write_key in json.dumps(line) for line in lines)


def test_a_trace_id_of_the_caller_comes_back(server):
    answer = server.post("/v1/events", b"{", {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    assert answer.json()["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
