"""Every number the API gives, against the naive model: ten generated games in four time zones, and both real data sets."""
import csv
import datetime
import gzip
import io
import json
import math
import random
import subprocess

import naive_game
import naive_model
import pytest
from gamemetrics_server import BINARY, ROOT, Server

ZONES = ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Europe/Berlin"]
GAME_METRICS = ["events", "sessions", "dau", "new_players", "returning_players", "wau", "mau", "stickiness", "session_minutes",
                "session_minutes_median", "sessions_per_player", "playtime_minutes", "revenue", "payers", "purchases", "arpdau",
                "arppu", "conversion", "ad_impressions", "ad_impressions_per_player", "ad_revenue", "ecpm", "economy_source",
                "economy_sink", "economy_net", "economy_ratio", "level_starts", "level_completion", "level_fail_rate", "errors",
                "crashes", "crash_free_players", "crash_free_sessions", "k_factor"]


class Api:
    def __init__(self, server, game):
        self.server, self.game = server, game
        days = game.range()
        self.frame = {"from": days[0].isoformat(), "to": days[-1].isoformat()}

    def ask(self, kind, **question):
        answer = self.server.post(f"/api/v1/query/{kind}", {**self.frame, **question}, key=self.server.project_key)
        assert answer.status == 200, answer.body
        body = answer.json()
        for name in ("definition", "timezone", "window", "complete", "late_share", "as_of"):
            assert name in body, f"{kind} does not explain itself: {name}"
        return body["rows"]

    def behind(self, kind, cell, **question):
        body = {"kind": kind, "query": {**self.frame, **question}, "cell": cell, "limit": 1000}
        answer = self.server.post("/api/v1/query/players", body, key=self.server.project_key)
        assert answer.status == 200, answer.body
        assert answer.json()["next"] is None
        return {player["player_id"] for player in answer.json()["players"]}


def same(a, b):
    return a == b if a is None or b is None else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-6)


def check_metrics(api, names):
    asked = {name: {} for name in names}
    for name in names:
        rows = api.server.metric(name, api.frame["from"], api.frame["to"])
        asked[name] = {d: v for d, v in rows.items()}
    for day in api.game.range():
        expected = naive_model.metrics(api.game, day)
        for name in names:
            assert same(asked[name][day.isoformat()], expected[name]), (name, day, asked[name][day.isoformat()], expected[name])


def check_trends(api, field="platform"):
    """Players and events by a breakdown and under a filter, and the players behind a cell."""
    values = {getattr(e, field) for e in api.game.events}
    question = {"series": [{"measure": "players"}, {}], "breakdown": [field], "top": 100}
    rows = {(r["series"], r["date"], r[field]): r["value"] for r in api.ask("trend", **question)}
    for day in api.game.range():
        for value in values:
            events = [e for e in naive_model.on(api.game, day) if getattr(e, field) == value]
            assert rows["A", day.isoformat(), value] == len(naive_model.players(events))
            assert rows["B", day.isoformat(), value] == len(events)
    value = sorted(v for v in values if v)[0]
    day = api.game.range()[0]
    filtered = {"series": [{"measure": "players"}], "filter": {"field": field, "is": "not_equals", "value": value}}
    expected = naive_model.players(e for e in naive_model.on(api.game, day) if getattr(e, field) != value)
    rows = api.ask("trend", **filtered)
    behind = api.behind("trend", {"series": "A", "date": day.isoformat()}, **filtered)
    assert rows[0]["value"] == len(expected) and behind == expected


def check_retention(api, start, comeback):
    for kind in ("classic", "rolling", "return", "full"):
        for window in ("calendar_day", "24_hours"):
            for pair in ({}, {"start": start, "return": comeback}):
                rows = api.ask("retention", type=kind, window=window, days=[0, 1, 3, 7], **pair)
                for n in (0, 1, 3, 7):
                    expected = naive_model.retention(api.game, kind, window, n, pair.get("start"), pair.get("return"))
                    found = {r["cohort_date"]: (r["size"], r["players"]) for r in rows if r["day"] == n}
                    assert found == {d.isoformat(): v for d, v in expected.items()}, (kind, window, n, pair)


def check_funnel(api, steps):
    for order in ("ordered", "strict", "any"):
        for per in ("player", "session"):
            for hours in (1, 48):
                rows = api.ask("funnel", steps=steps, order=order, per=per, window_seconds=hours * 3600)
                expected = naive_model.funnel(api.game, steps, order, hours * 3_600_000, per)
                assert [r["units"] for r in rows] == expected, (order, per, hours)


def check_behaviour(api, begin):
    game = api.game
    rows = api.ask("paths", begin=begin, depth=3, events_max=100)
    assert {(r["step"], r["source"], r["target"]): r["units"] for r in rows} == naive_model.paths(game, begin, 3)
    rows = api.ask("lifecycle")
    assert {(r["date"], r["state"]): r["players"] for r in rows} == {(d.isoformat(), s): n for (d, s), n in naive_model.lifecycle(game).items()}
    rows = api.ask("stickiness")
    assert {r["days"]: r["players"] for r in rows} == naive_model.stickiness(game)
    rows = api.ask("churn", days=3)
    assert {r["date"]: (r["players"], r["churned"]) for r in rows} == {d.isoformat(): v for d, v in naive_model.churn(game, 3).items()}
    expected = naive_model.segment(game, begin, 2)
    question = {"filter": {"did": begin, "at_least": 2}}
    rows = api.ask("segment", **question)
    assert rows[0]["players"] == len(expected)
    if len(expected) <= 1000:
        behind = api.behind("segment", {}, **question)
        assert behind == expected


def check_money(api):
    rows = api.ask("ltv", days=[0, 3, 7])
    for n in (0, 3, 7):
        expected = naive_model.ltv(api.game, n)
        found = {r["cohort_date"]: (r["players"], r["payers"], r["revenue"]) for r in rows if r["day"] == n}
        assert set(found) == {d.isoformat() for d in expected}
        for day, values in expected.items():
            assert all(same(a, b) for a, b in zip(found[day.isoformat()], values)), (n, day)
    rows = api.ask("spenders", days=730)
    expected = naive_model.spenders(api.game)
    assert {r["segment"]: r["players"] for r in rows} == {s: n for s, (n, _) in expected.items()}
    assert all(same(r["revenue"], expected[r["segment"]][1]) for r in rows)
    rows = api.ask("progression")
    assert {r["level"]: (r["starts"], r["fails"], r["completes"], r["players"], r["dropped"]) for r in rows} == naive_model.progression(api.game)


def check_unconverted(api):
    for day in api.game.range():
        answer = api.server.get("/api/v1/metrics/revenue", **{"from": day.isoformat(), "to": day.isoformat()}).json()
        found = {one["currency"]: (one["events"], one["amount"]) for one in answer["unconverted"]}
        expected = naive_model.unconverted(naive_model.on(api.game, day))
        assert found.keys() == expected.keys() and all(same(a, b) for c in found for a, b in zip(found[c], expected[c])), (day, found, expected)


def some_rates(events, seed):
    """None for every third game. For the others: EUR from the second day on and again in the middle, JPY late or never."""
    if seed % 3 == 0:
        return []
    days = sorted({datetime.datetime.fromisoformat(e["time"].replace("Z", "+00:00")).date() for e in events})
    rates = [(days[1], "EUR", "1.0832"), (days[len(days) // 2], "EUR", "1.107"), (days[-3], "JPY", "0.0065123")]
    return rates if seed % 3 == 1 else rates[:2]


def with_rates(server, rates, folder):
    """A server whose first start is over and which has these rates."""
    assert server.stop() == 0
    lines = "".join(f"{day},{currency},{rate}\n" for day, currency, rate in rates)
    (folder / "rates.csv").write_text("date,currency,rate\n" + lines)
    result = subprocess.run([BINARY, "rates", "import", folder / "rates.csv", f"--data_dir={server.data_dir}"],
                            capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    server.start()


@pytest.mark.parametrize("seed", range(10))
def test_generated_games(tmp_path, seed):
    zone = ZONES[seed % len(ZONES)]
    events, deliveries = naive_game.make_game(seed)
    server = Server(tmp_path / "data", {"project.time_zone": zone})
    rates = some_rates(events, seed)
    try:
        server.start()
        if rates:
            with_rates(server, rates, tmp_path)
        for batch in deliveries:
            answer = server.send(batch, historical=True)
            assert answer.status == 200 and answer.json()["rejected"] == 0, answer.body
        server.wait_processed()
        api = Api(server, naive_model.Game(events, zone, rates=rates))
        check_metrics(api, GAME_METRICS)
        check_trends(api, random.Random(seed).choice(["platform", "country"]))
        check_retention(api, "level_start", "level_complete")
        check_funnel(api, ["session_start", "level_complete", "economy_sink"])
        check_behaviour(api, "level_start")
        check_money(api)
        check_unconverted(api)
    finally:
        server.stop()


REAL_METRICS = ["events", "sessions", "dau", "new_players", "returning_players", "wau", "mau", "stickiness", "session_minutes",
                "session_minutes_median", "sessions_per_player", "playtime_minutes"]


def check_real(server, path, mapping, raws, begin, steps):
    result = subprocess.run([BINARY, "import", path, "--url", server.url, "--key", server.write_key, "--mapping",
                             ROOT / "examples/mappings" / mapping], capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    server.wait_processed()
    api = Api(server, naive_model.Game(raws))
    check_metrics(api, REAL_METRICS)
    check_trends(api)
    check_retention(api, steps[0], steps[1])
    check_funnel(api, steps)
    check_behaviour(api, begin)


def test_browser_game_telemetry(server, real_data):
    path = real_data / "browser-game-events.ndjson.gz"
    raws = [{"time": r["timestamp"].replace(" ", "T"), "event": r["event_name"], "player_id": r["session_id"],
             "session_id": r["session_id"], "platform": "web", "event_id": str(r["index"])}
            for r in map(json.loads, gzip.open(path, "rt"))]
    names = [e["event"] for e in raws]
    top = sorted(set(names), key=lambda name: (names.count(name), name))[-3:]
    check_real(server, path, "browser-game.yaml", raws, top[0], top)


def test_clickstream(server, real_data):
    path = real_data / "clickstream.csv.gz"
    raws = [{"time": r["timestamp"].replace(" ", "T") + "+00:00", "event": r["event"], "player_id": r["user_id"],
             "session_id": r["session_id"], "platform": r["platform"]}
            for r in csv.DictReader(io.StringIO(gzip.open(path, "rt").read()))]
    check_real(server, path, "clickstream.yaml", raws, "catalog", ["home", "product_view", "add_to_cart"])
