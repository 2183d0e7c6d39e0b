"""Compares what a case's server and client saw with what the case expects. Returns the differences as sentences."""
import re

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
EVENT_KEYS = {"event_id", "event", "player_id", "time", "session_id", "country", "platform", "device", "build", "revenue", "properties"}


def names(events):
    return [event["event"] for event in events]


def same(title, found, expected):
    return [] if found == expected else [f"{title}: {found!r} instead of {expected!r}"]


def same_labels(title, found, labels):
    """Labels stand for values that differ exactly when the labels do; "=x" is the value x, "" is none."""
    if len(found) != len(labels):
        return [f"{title}: {len(found)} instead of {len(labels)}"]
    problems, meaning = [], {}
    for value, label in zip(found, labels):
        expected = None if label == "" else label[1:] if label.startswith("=") else meaning.setdefault(label, value)
        problems += same(title, value, expected)
    if len(set(meaning.values())) != len(meaning) or None in meaning.values():
        problems.append(f"{title}: {found!r} are not told apart as {labels!r}")
    return problems


def check_shape(script):
    """What holds in every case."""
    problems = []
    for request in script.requests:
        if not TIME.fullmatch(request["sent_at"]):
            problems.append(f"sent_at is {request['sent_at']!r}")
        if not request["type"].startswith("application/json"):
            problems.append(f"Content-Type is {request['type']!r}")
        for event in request["events"]:
            if not UUID7.fullmatch(event["event_id"]) or not TIME.fullmatch(event["time"]) or not event["player_id"]:
                problems.append(f"malformed {event}")
            if set(event) - EVENT_KEYS or not isinstance(event["properties"], dict):
                problems.append(f"unknown fields in {event}")
    return problems


def check_sums(result, script, expect):
    stats = result["stats"]
    came, went = stats["tracked"] + stats["restored"], stats["delivered"] + stats["rejected"] + stats["dropped"] + stats["queued"]
    problems = same("tracked + restored against delivered + rejected + dropped + queued", came, went)
    ids = [event["event_id"] for event in script.delivered]
    if len(ids) != len(set(ids)):
        problems.append("an event was accepted twice")
    for name, value in expect.get("stats", {}).items():
        problems += same(f"stats.{name}", stats.get(name), value)
    low, high = expect.get("queued_between", (0, stats["queued"]))
    if not low <= stats["queued"] <= high:
        problems.append(f"{stats['queued']} events wait instead of {low} to {high}")
    return problems


def check_requests(script, expect):
    problems, found = [], script.requests
    if "requests" in expect:
        problems += same("events by request", [names(r["events"]) for r in found], [r["events"] for r in expect["requests"]])
        for one, wanted in zip(found, expect["requests"]):
            problems += [p for key in ("gzip", "key") if key in wanted for p in same(key, one[key], wanted[key])]
    if "sizes" in expect:
        problems += same("events per request", [len(r["events"]) for r in found], expect["sizes"])
    if "requests_between" in expect:
        low, high = expect["requests_between"]
        problems += [] if low <= len(found) <= high else [f"{len(found)} requests instead of {low} to {high}"]
    if "gap_ms" in expect and not problems:
        first, second, low, high = expect["gap_ms"]
        gap = (found[second]["at"] - found[first]["at"]) * 1000
        problems += [] if low <= gap <= high else [f"{gap:.0f} ms between requests instead of {low} to {high}"]
    if "same_ids" in expect and not problems:
        ids = [[event["event_id"] for event in found[number]["events"]] for number in expect["same_ids"]]
        problems += same("ids of the repeat", ids[1], ids[0])
    return problems


def sent_ids(script, name):
    return [event["event_id"] for request in script.requests for event in request["events"] if event["event"] == name]


def check_repeats(script, expect):
    problems = []
    for name, times in expect.get("repeats", {}).items():
        ids = sent_ids(script, name)
        problems += same(f"requests with {name}, different ids", (len(ids), len(set(ids))), (times, 1))
    if expect.get("repeats_all"):
        for name in expect["delivered_names"]:
            problems += same(f"ids of {name}", len(set(sent_ids(script, name))), 1)
    return problems


def check_events(script, expect):
    problems, found = [], script.delivered
    if "delivered_names" in expect:
        problems += same("delivered", names(found), expect["delivered_names"])
    if "events" in expect:
        problems += same("delivered events", len(found), len(expect["events"]))
        for event, wanted in zip(found, expect["events"]):
            for key, value in wanted.items():
                problems += same(f"{key} of {event['event']}", event.get(key), value)
    if "players" in expect:
        problems += same_labels("player ids", [event["player_id"] for event in found], expect["players"])
    if "sessions" in expect:
        problems += same_labels("session ids", [event.get("session_id") for event in found], expect["sessions"])
    if "session_end_seconds" in expect:
        low, high = expect["session_end_seconds"]
        seconds = [event["properties"].get("seconds") for event in found if event["event"] == "session_end"]
        problems += [] if len(seconds) == 1 and low <= seconds[0] <= high else [f"session_end lasted {seconds}"]
    return problems


def check_callbacks(result, expect):
    problems = same("errors", result["errors"], expect["errors"]) if "errors" in expect else []
    if "drops" in expect:
        problems += same("number of drops", len(result["drops"]), len(expect["drops"]))
        for drop, wanted in zip(result["drops"], expect["drops"]):
            problems += same("drop", {key: drop[key] for key in wanted}, wanted)
    if "returns" in expect:
        problems += same("returned", result["returns"], expect["returns"])
    if "track_ms_max" in expect and result["track_ms"] > expect["track_ms_max"]:
        problems.append(f"track took {result['track_ms']:.0f} ms")
    return problems


def check(case, script, result):
    expect = case["expect"]
    return (check_shape(script) + check_sums(result, script, expect) + check_requests(script, expect) + check_repeats(script, expect)
            + check_events(script, expect) + check_callbacks(result, expect))
