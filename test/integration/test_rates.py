"""Rates of exchange: imported and listed; revenue, what is told without a rate, and what was sent, before and after."""
import json
import subprocess

from gamemetrics_server import BINARY, Server

FIRST, LAST = "2026-11-01", "2026-11-04"
EVENTS = [
    {"event": "purchase", "player_id": "anna", "time": "2026-11-01T12:00:00Z", "revenue": {"amount": "4.99", "currency": "EUR"}, "properties": {"item": "gem"}},
    {"event": "purchase", "player_id": "anna", "time": "2026-11-03T12:00:00Z", "revenue": {"amount": "10", "currency": "EUR"}},
    {"event": "refund", "player_id": "anna", "time": "2026-11-04T12:00:00Z", "revenue": {"amount": "-2", "currency": "EUR"}},
    {"event": "purchase", "player_id": "bert", "time": "2026-11-03T13:00:00Z", "revenue": {"amount": "1000", "currency": "JPY"}},
    {"event": "purchase", "player_id": "carl", "time": "2026-11-03T14:00:00Z", "revenue": {"amount": "3", "currency": "USD"}},
]
RATES = "date,currency,rate\n2026-11-02,EUR,1.1\n2026-11-04,EUR,1.2\n"


def rates(server, *arguments):
    return subprocess.run([BINARY, "rates", *arguments, f"--data_dir={server.data_dir}"], capture_output=True, text=True, timeout=120)


def import_rates(server, folder, text):
    (folder / "rates.csv").write_text(text)
    return rates(server, "import", folder / "rates.csv")


def money(server):
    server.wait_processed()
    return server.get("/api/v1/metrics/revenue", **{"from": FIRST, "to": LAST}).json()


def by_day(answer):
    return [point["value"] for point in answer["points"]]


def test_past_money_is_converted_once_rates_are_known(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    assert server.send(EVENTS, historical=True).json()["accepted"] == len(EVENTS)
    before = money(server)
    assert by_day(before) == [0, 0, 3, 0]
    assert before["unconverted"] == [{"currency": "EUR", "events": 3, "amount": 12.99}, {"currency": "JPY", "events": 1, "amount": 1000}]
    running = import_rates(server, tmp_path, RATES)
    assert running.returncode == 69 and "gm-data-dir-in-use" in running.stderr
    assert server.stop() == 0

    imported = import_rates(server, tmp_path, RATES)
    assert imported.returncode == 0 and "2 rates to USD kept, 5 events counted anew" in imported.stdout, imported.stderr
    server.start()
    after = money(server)
    assert by_day(after) == [0, 0, 14, -2.4]
    assert after["unconverted"] == [{"currency": "EUR", "events": 1, "amount": 4.99}, {"currency": "JPY", "events": 1, "amount": 1000}]
    # A sender cannot write what the server writes; a late event gets the rate of its own day.
    late = {"event": "purchase", "player_id": "dora", "time": "2026-11-02T12:00:00Z", "revenue": {"amount": "1", "currency": "EUR"},
            "properties": {"$gm_original_amount": 77}}
    assert server.send([late], historical=True).json()["accepted"] == 1
    assert by_day(money(server)) == [0, 1.1, 14, -2.4]
    assert server.stop() == 0
    again = subprocess.run([BINARY, "rebuild", f"--data_dir={server.data_dir}"], capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    server.start()
    rebuilt = money(server)
    assert by_day(rebuilt) == [0, 1.1, 14, -2.4] and rebuilt["unconverted"] == after["unconverted"]
    answer = server.post("/api/v1/sql", {"sql": "SELECT player_id, revenue, currency, properties->>'$.\"$gm_original_amount\"' AS amount, "
                                                "properties->>'$.\"$gm_original_currency\"' AS original FROM events ORDER BY time"}, key=server.project_key)
    assert answer.status == 200, answer.body
    assert answer.json()["rows"] == [["anna", 4.99, "EUR", None, None], ["dora", 1.1, "USD", "1.0", "EUR"], ["anna", 11, "USD", "10.0", "EUR"],
                    ["bert", 1000, "JPY", None, None], ["carl", 3, "USD", None, None], ["anna", -2.4, "USD", "-2.0", "EUR"]]
    assert server.stop() == 0


def test_every_answer_about_money_tells_what_is_not_in_it(server):
    assert server.send(EVENTS, historical=True).json()["accepted"] == len(EVENTS)
    server.wait_processed()
    expected = [{"currency": "EUR", "events": 3, "amount": 12.99}, {"currency": "JPY", "events": 1, "amount": 1000}]

    def ask(kind, **question):
        answer = server.post(f"/api/v1/query/{kind}", {"from": FIRST, "to": LAST, **question}, key=server.project_key)
        assert answer.status == 200, answer.body
        return answer.json()

    money_questions = [("trend", {"series": [{"measure": "players"}, {"measure": "revenue"}]}), ("metrics", {"metrics": ["arppu"]}),
                       ("trend", {"series": [{"measure": "sum", "field": "revenue"}]}),
                       ("metrics", {"metrics": ["dau", "payers"]}), ("ltv", {"days": [0]}), ("spenders", {})]
    for kind, question in money_questions:
        assert ask(kind, **question)["unconverted"] == expected, kind
    for kind, question in [("trend", {"series": [{"measure": "players"}]}), ("metrics", {"metrics": ["dau"]}), ("retention", {})]:
        assert "unconverted" not in ask(kind, **question), kind
    query = "{ metric(name: \"revenue\", from: \"%s\", to: \"%s\") { explanation { unconverted { currency events amount } } } }" % (FIRST, LAST)
    told = server.post("/graphql", {"query": query}, key=server.project_key).json()
    assert told["data"]["metric"]["explanation"]["unconverted"] == expected, told


def test_rates_are_listed_by_base_and_what_is_wrong_is_refused(tmp_path):
    server = Server(tmp_path / "data")
    server.start()
    # No event can lie on these days yet, so they are taken while the server runs.
    ahead = import_rates(server, tmp_path, "date,currency,rate\n2999-01-01,EUR,1.5\n")
    assert ahead.returncode == 0 and "1 rates to USD kept" in ahead.stdout, ahead.stderr
    assert json.loads(rates(server, "list", "-o", "json").stdout) == [{"base": "USD", "date": "2999-01-01", "currency": "EUR", "rate": "1.5"}]
    assert json.loads(rates(server, "list", "--base", "EUR", "-o", "json").stdout) == []
    heading = "date,currency,rate\n"
    for text, what in [("2999-01-01,EUR,1.5\n", "line 1"), (heading + "2999-01-02,EUR,-1\n", "line 2"), (heading + "2999-01-02,USD,1\n", "line 2")]:
        refused = import_rates(server, tmp_path, text)
        assert refused.returncode == 78 and "gm-rates-invalid" in refused.stderr and what in refused.stderr, refused.stderr
    assert rates(server, "list", "-o", "csv").stdout.split() == ["date,currency,rate", "2999-01-01,EUR,1.5"]
    assert server.stop() == 0
