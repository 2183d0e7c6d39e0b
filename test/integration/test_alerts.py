"""Alert rules, channels and messages against the real binary: a rule fires, the message arrives signed, and neither a receiver that is down nor a
killed process loses it."""
import datetime
import json
import os
import subprocess
import time

import pytest

from gamemetrics_server import BINARY, ROOT, Server, free_port, request
from pinned_python import pinned_python
from webhook_receiver import Receiver, data_of

FOLDER = ROOT / "test/compat/notifications"
OPEN = {"notifications.plain_http": "true", "notifications.allowed_networks": "127.0.0.0/8"}
QUICK = {"notifications.interval": "200ms", "notifications.settle": "0s", "processor.interval": "5ms"}
TODAY = datetime.datetime.now(datetime.timezone.utc).date()


@pytest.fixture(scope="module")
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("alerts") / "data", {**OPEN, **QUICK})
    made.start()
    yield made
    made.stop()


def ask(server, method, path, body=None):
    headers = {"Authorization": f"Bearer {server.project_key}", "Content-Type": "application/json"}
    answer = request(method, server.url + path, None if body is None else json.dumps(body).encode(), headers)
    return answer.status, json.loads(answer.body) if answer.body else {}


def made(server, path, body):
    status, answer = ask(server, "POST", path, body)
    assert status in (201, 202), answer
    return answer


def channel(server, receiver, path):
    return made(server, "/api/v1/channels", {"kind": "webhook", "name": "receiver", "url": receiver.url(path)})


def wait_for(server, delivery, state, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        shown = ask(server, "GET", f"/api/v1/deliveries/{delivery}")[1]
        if shown["state"] == state:
            return shown
        time.sleep(0.05)
    raise AssertionError(f"{shown}\n{server.log_tail()}")


def events_today(count, name):
    return [{"event": name, "player_id": f"p{n}", "event_id": f"{name}-{n}"} for n in range(count)]


def verdicts(messages, secret):
    python = pinned_python("compat-notifications", FOLDER / "requirements.txt")
    lines = "".join(json.dumps({"secret": secret, "headers": one["headers"], "body": one["body"]}) + "\n" for one in messages)
    return subprocess.run([python, FOLDER / "verify.py"], input=lines, text=True, capture_output=True, check=True, timeout=60).stdout.split()


def test_a_rule_fires_and_resolves_and_the_published_package_verifies_what_it_sends(server, receiver):
    told = channel(server, receiver, "/fires")
    rule = {"name": "Many levels", "metric": "events", "window": "day", "incomplete": True, "channels": [told["id"]],
            "filter": {"field": "event", "is": "equals", "value": "level_up"}, "condition": {"kind": "threshold", "above": 5}}
    watched = made(server, "/api/v1/alert-rules", rule)
    server.send(events_today(4, "level_up") + events_today(20, "other"))
    server.wait_processed()
    time.sleep(1)
    assert not receiver.at("/fires")
    server.send(events_today(6, "level_up"))
    fired = receiver.wait("/fires", 1)[0]
    data = data_of(fired)
    assert data["type"] == "alert.fired" and data["data"]["value"] == 6 and data["data"]["expected"] == {"low": None, "high": 5}
    assert data["data"]["rule"] == {"id": watched["id"], "name": "Many levels"} and data["data"]["period"] == str(TODAY)
    alerts = ask(server, "GET", "/api/v1/alerts?open=true")[1]["alerts"]
    assert [one["id"] for one in alerts] == [data["data"]["alert"]["id"]]
    status, changed = ask(server, "PUT", f"/api/v1/alert-rules/{watched['id']}", {**rule, "condition": {"kind": "threshold", "above": 100}})
    assert status == 200, changed
    resolved = data_of(receiver.wait("/fires", 2)[1])
    assert resolved["type"] == "alert.resolved" and resolved["data"]["alert"] == {"id": data["data"]["alert"]["id"], "state": "resolved"}
    assert ask(server, "GET", "/api/v1/alerts?open=true")[1]["alerts"] == []
    messages = receiver.at("/fires")
    assert len({one["headers"]["webhook-id"] for one in messages}) == 2
    assert verdicts(messages, told["secret"]) == ["verified", "verified"]
    forged = [{**messages[0], "body": messages[0]["body"].replace("fired", "quiet")},
              {**messages[0], "headers": {**messages[0]["headers"], "webhook-id": "msg_other"}}]
    assert verdicts(forged, told["secret"]) == ["WebhookVerificationError"] * 2
    assert verdicts(messages[:1], channel(server, receiver, "/another")["secret"]) == ["WebhookVerificationError"]


def test_killed_between_send_and_record_it_is_sent_again_with_the_same_id(tmp_path):
    receiver, server = Receiver(), Server(tmp_path / "data", {**OPEN, **QUICK})
    server.start()
    told = channel(server, receiver, "/kill")
    receiver.on_message = lambda _: server.kill()  # it has the message, and has not answered yet
    sent = made(server, f"/api/v1/channels/{told['id']}/test", {})
    receiver.wait("/kill", 1)
    server.process.wait()
    receiver.on_message = None
    server.start()
    again = receiver.wait("/kill", 2)
    shown = wait_for(server, sent["id"], "delivered")
    assert [one["headers"]["webhook-id"] for one in again] == [sent["id"]] * 2
    assert again[0]["body"] == again[1]["body"]
    assert [one["took_ms"] is None for one in shown["log"]] == [True, False]
    assert verdicts(again, told["secret"]) == ["verified"] * 2
    assert server.stop() == 0
    receiver.stop()


def test_a_receiver_that_is_not_there_gets_the_message_when_it_is_back(server):
    port = free_port()
    told = made(server, "/api/v1/channels", {"kind": "webhook", "name": "down", "url": f"http://127.0.0.1:{port}/back"})
    sent = made(server, f"/api/v1/channels/{told['id']}/test", {})
    deadline = time.monotonic() + 10
    # An attempt is recorded before it is made: until it has an end, the receiver would be there in time.
    while not any(one["took_ms"] is not None for one in ask(server, "GET", f"/api/v1/deliveries/{sent['id']}")[1]["log"]):
        assert time.monotonic() < deadline
    receiver = Receiver(port)
    receiver.wait("/back", 1)
    shown = wait_for(server, sent["id"], "delivered")
    assert shown["log"][0]["trouble"] and shown["log"][-1]["status"] == 200 and shown["log"][-1]["answer"] == "thanks"
    time.sleep(1.5)
    assert len(receiver.at("/back")) == 1
    receiver.stop()


def test_a_server_that_stops_breaks_off_what_hangs_and_sends_it_again(tmp_path):
    receiver, server = Receiver(), Server(tmp_path / "data", {**OPEN, **QUICK})
    server.start()
    told = channel(server, receiver, "/hangs")
    receiver.on_message = lambda _: time.sleep(8)
    sent = made(server, f"/api/v1/channels/{told['id']}/test", {})
    receiver.wait("/hangs", 1)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 6
    receiver.on_message = None
    server.start()
    receiver.wait("/hangs", 2)
    wait_for(server, sent["id"], "delivered")
    server.stop()
    receiver.stop()


def test_gone_switches_the_channel_off(server, receiver):
    told = channel(server, receiver, "/gone")
    receiver.answer = (410, {}, b"moved away")
    sent = made(server, f"/api/v1/channels/{told['id']}/test", {})
    shown = wait_for(server, sent["id"], "dead")
    receiver.answer = (200, {}, b"thanks")
    assert shown["reason"] == "the receiver is gone: answered 410" and shown["log"][0]["answer"] == "moved away"
    off = ask(server, "GET", f"/api/v1/channels/{told['id']}")[1]
    assert (off["enabled"], off["trouble"]) == (False, "the receiver answered 410 Gone")
    assert ask(server, "POST", f"/api/v1/channels/{told['id']}/test", {})[1]["code"] == "gm-channel-disabled"
    assert ask(server, "PATCH", f"/api/v1/channels/{told['id']}", {"enabled": True})[1]["trouble"] is None
    wait_for(server, made(server, f"/api/v1/channels/{told['id']}/test", {})["id"], "delivered")


def test_redirects_are_not_followed(server, receiver):
    told = channel(server, receiver, "/moved")
    receiver.answer = (307, {"Location": receiver.url("/elsewhere")}, b"")
    sent = made(server, f"/api/v1/channels/{told['id']}/test", {})
    receiver.wait("/moved", 1)
    receiver.answer = (200, {}, b"thanks")
    shown = wait_for(server, sent["id"], "delivered")
    assert shown["log"][0]["status"] == 307 and not receiver.at("/elsewhere")


def test_nothing_on_the_inside_is_called(tmp_path, receiver):
    """Without leave, whatever the URL looks like; and plain HTTP is not spoken at all."""
    server = Server(tmp_path / "data", {**QUICK, "notifications.plain_http": "true"})
    server.start()
    for number, host in enumerate(("127.0.0.1", "localhost", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]", "0.0.0.0")):
        told = made(server, "/api/v1/channels", {"kind": "webhook", "name": f"inside {number}", "url": f"http://{host}:{receiver.port}/inside"})
        sent = made(server, f"/api/v1/channels/{told['id']}/test", {})
        deadline = time.monotonic() + 20
        while not (log := ask(server, "GET", f"/api/v1/deliveries/{sent['id']}")[1]["log"]) or log[0]["took_ms"] is None:
            assert time.monotonic() < deadline
        assert log[0]["trouble"].endswith("has no address of the public Internet"), log
        assert log[0]["status"] is None and log[0]["answer"] is None
    assert not receiver.at("/inside")
    server.stop()
    strict = Server(tmp_path / "strict", QUICK)
    strict.start()
    for url in ("http://hooks.example/", "ftp://hooks.example/", "https://user:secret@hooks.example/", "file:///etc/passwd", "nonsense"):
        status, answer = ask(strict, "POST", "/api/v1/channels", {"kind": "webhook", "name": "x", "url": url})
        assert status == 400 and answer["errors"][0]["pointer"] == "/url", (url, answer)
    strict.stop()


def history(days, players):
    """Players a day, of the days before today."""
    events = []
    for back in range(1, days + 1):
        noon = datetime.datetime.combine(TODAY - datetime.timedelta(days=back), datetime.time(12), datetime.timezone.utc)
        events += [{"event": "play", "player_id": f"p{n}", "event_id": f"{back}-{n}", "time": noon.isoformat()} for n in range(players(back))]
    return events


def test_a_day_that_has_ended_is_judged_against_its_weekdays(server):
    # Every seventh day is a busy one, and yesterday is none of them but has as many.
    assert server.post("/v1/events", {"events": history(50, lambda back: 40 if back == 1 or back % 7 == 0 else 10), "historical": True}).status == 200
    server.wait_processed()

    def preview(**condition):
        rule = {"name": "x", "metric": "dau", "window": "day", "channels": [], "condition": condition}
        status, answer = ask(server, "POST", "/api/v1/alert-rules/preview", rule)
        assert status == 200, answer
        return answer
    yesterday = str(TODAY - datetime.timedelta(days=1))
    anomaly = preview(kind="anomaly", weeks=6)
    assert (anomaly["judged"], anomaly["holds"], anomaly["period"], anomaly["value"]) == (True, True, yesterday, 40)
    assert anomaly["expected"] == {"low": 9.8, "high": 10.2}
    assert not preview(kind="anomaly", weeks=6, at_least=50)["holds"]
    assert not preview(kind="anomaly", weeks=26, side="below")["holds"]
    assert preview(kind="change", rises=200)["holds"] and not preview(kind="change", rises=301)["holds"]
    assert preview(kind="threshold", above=39)["holds"] and not preview(kind="threshold", above=40)["holds"]


def test_an_hour_that_has_ended_is_judged(server):
    rule = {"name": "x", "metric": "events", "window": "hour", "channels": [], "condition": {"kind": "threshold", "above": 6},
            "filter": {"field": "event", "is": "equals", "value": "hourly"}}
    hour = None
    while hour != datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0):
        hour = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
        middle = (hour - datetime.timedelta(minutes=30)).isoformat()
        server.send([{"event": "hourly", "player_id": "h", "event_id": f"{hour}-{n}", "time": middle} for n in range(7)])
        server.wait_processed()
        status, answer = ask(server, "POST", "/api/v1/alert-rules/preview", rule)
    assert (status, answer["holds"], answer["value"]) == (200, True, 7), answer
    assert answer["period"] == (hour - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_the_pipeline_itself_is_watched(server):
    def preview(signal, condition, **more):
        return ask(server, "POST", "/api/v1/alert-rules/preview", {"name": "x", "signal": signal, "condition": condition, "channels": [], **more})
    before = preview("rejected_events", {"kind": "threshold", "above": 0}, window="day", incomplete=True)[1]["value"]
    assert server.send([{"event": ""}, {"player_id": "p"}]).json()["rejected"] == 2
    server.wait_processed()
    refused = preview("rejected_events", {"kind": "threshold", "above": before + 1}, window="day", incomplete=True)[1]
    assert (refused["holds"], refused["value"], refused["period"]) == (True, before + 2, str(datetime.datetime.now(datetime.timezone.utc).date()))
    assert preview("rejected_events", {"kind": "anomaly"}, window="hour")[1]["not_judged"]
    lag = preview("lag_seconds", {"kind": "threshold", "above": 300})[1]
    assert lag["judged"] and not lag["holds"] and lag["value"] < 300
    assert preview("schema_violations", {"kind": "threshold", "above": 0})[1]["value"] == 0
    server.post("/api/v1/schema/declare", {"event": "typed", "property": "level", "types": ["number"]}, key=server.project_key)
    server.send([{"event": "typed", "player_id": "p", "properties": {"level": "three"}}])
    server.wait_processed()
    assert preview("schema_violations", {"kind": "threshold", "above": 0})[1]["holds"]
    for wrong in ({"window": "day"}, {"filter": {"field": "country", "is": "set"}}, {"metric": "dau"}):
        assert preview("lag_seconds", {"kind": "threshold", "above": 1}, **wrong)[0] == 400
    assert preview("lag_seconds", {"kind": "change", "rises": 1})[0] == 400


def test_what_is_wrong_with_a_rule_is_told_where_it_is(server):
    rule = {"name": "", "metric": "nothing", "condition": {"kind": "change"}, "channels": ["x"], "wrong": 1}
    status, answer = ask(server, "POST", "/api/v1/alert-rules", rule)
    assert status == 400 and answer["code"] == "gm-request-invalid"
    assert {one["pointer"] for one in answer["errors"]} == {"/name", "/metric", "/condition", "/channels", "/wrong"}


def test_secrets_and_paths_of_channels_are_shown_to_nobody(server, receiver):
    told = channel(server, receiver, "/T0/B0/secret-path")
    listed = json.dumps(ask(server, "GET", "/api/v1/channels")[1])
    shown = ask(server, "GET", f"/api/v1/channels/{told['id']}")[1]
    assert told["secret"].startswith("whsec_") and "whsec_" not in listed and "secret-path" not in json.dumps(shown)
    assert shown["target"] == f"http://127.0.0.1:{receiver.port}"


def alert(server, *words):
    environment = {**os.environ, "GAMEMETRICS_URL": server.url, "GAMEMETRICS_PROJECT_KEY": server.project_key}
    done = subprocess.run([BINARY, "alert", *words], capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def test_a_file_says_what_is_watched(server, receiver, tmp_path):
    file = {"channels": [{"name": "ops", "kind": "webhook", "url": receiver.url("/ops")}],
            "rules": [{"name": "No money", "metric": "revenue", "condition": {"kind": "threshold", "below": 1}, "channels": ["ops"]}]}
    path = tmp_path / "alerts.json"
    path.write_text(json.dumps(file))
    assert "whsec_" in alert(server, "apply", str(path))
    receiver.wait("/ops", 1)
    file["rules"][0]["condition"] = {"kind": "threshold", "above": 1e9}
    path.write_text(json.dumps(file))
    assert alert(server, "apply", str(path)) == "channel 'ops' is as in the file\nrule 'No money' is as in the file\n"
    receiver.wait("/ops", 2)
    assert json.loads(alert(server, "show", "No money"))["state"]["phase"] == "ok"
    sent = alert(server, "test", "ops").strip()
    receiver.wait("/ops", 3)
    wait_for(server, sent, "delivered")
    listed = json.loads(alert(server, "deliveries", "--channel", "ops", "-o", "json"))["deliveries"]
    assert [one["type"] for one in listed] == ["test", "alert.resolved", "alert.fired"]
    assert json.loads(alert(server, "delivery", sent))["body"]["type"] == "test"
    assert "No money" in alert(server, "rules") and "ops" in alert(server, "channels") and "resolved" in alert(server, "list")
    alert(server, "remove", "No money")
    assert "No money" not in alert(server, "rules")


def test_every_change_is_in_the_log_of_changes(server):
    done = subprocess.run([BINARY, "audit", "list", "-n", "1000", "-o", "json", f"--data_dir={server.data_dir}"], capture_output=True, text=True, check=True)
    actions = {entry["action"] for entry in json.loads(done.stdout)}
    assert {"channel.created", "channel.changed", "alert_rule.created", "alert_rule.changed", "alert_rule.removed"} <= actions
    assert "whsec_" not in done.stdout
