"""Who sends, and what is believed of it: origins of web pages, server keys, addresses, names that only the server writes."""
import datetime
import json
import subprocess
import time

import pytest
from gamemetrics_server import BINARY, Server, request

TODAY = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
YESTERDAY = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).strftime("%Y-%m-%d")
PAGE, OTHER_PAGE = "https://game.example", "https://evil.example"


def gamemetrics(*arguments, server, check=True):
    return subprocess.run([BINARY, *arguments, f"--data_dir={server.data_dir}"], capture_output=True, text=True, check=check)


def create_key(server, *arguments):
    return gamemetrics("key", "create", *arguments, server=server).stdout.strip()


def wait_for(what, seconds=20):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "a running server learns of keys within seconds"
        time.sleep(0.1)


def events_of(server, **fields):
    return {"events": [{"event": "a", "player_id": "p", **fields}]}


def send_as(server, key, origin=None):
    return server.post("/v1/events", events_of(server), {"Origin": origin} if origin else {}, key=key)


def preflight(server, origin):
    return request("OPTIONS", server.url + "/v1/events", headers={"Origin": origin, "Access-Control-Request-Method": "POST",
                                                                 "Access-Control-Request-Headers": "authorization,content-type"})


def test_a_key_with_a_list_of_origins_is_of_use_to_these_pages_only(server):
    key = create_key(server, "write", "--origin", "HTTPS://Game.Example:443", "--origin", "https://*.itch.example")
    listed = {row["prefix"]: row["origins"] for row in json.loads(gamemetrics("key", "list", "-o", "json", server=server).stdout)}
    assert listed[key[:12]] == ["https://game.example", "https://*.itch.example"]
    wait_for(lambda: send_as(server, key).status == 200)
    assert send_as(server, key, PAGE).status == 200
    assert send_as(server, key, "https://a.itch.example").status == 200
    refused = send_as(server, key, OTHER_PAGE)
    assert (refused.status, refused.json()["code"]) == (403, "gm-origin-not-allowed")
    posthog = {"api_key": key, "batch": [{"event": "a", "distinct_id": "u"}]}
    assert server.post("/batch/", posthog, {"Origin": PAGE}).status == 200
    assert server.post("/batch/", posthog, {"Origin": OTHER_PAGE}).status == 401, "PostHog's word for a key that may not"
    assert send_as(server, server.write_key, OTHER_PAGE).status == 200, "a key without a list is for any page"
    metrics = request("GET", server.internal_url + "/metrics").body.decode()
    assert 'gamemetrics_auth_failures_total{reason="gm-origin-not-allowed"} 2' in metrics


def test_a_preflight_is_refused_when_no_key_would_take_the_page(server):
    assert preflight(server, OTHER_PAGE).status == 200
    rows = json.loads(gamemetrics("key", "list", "-o", "json", server=server).stdout)
    first = next(str(row["id"]) for row in rows if row["kind"] == "write")
    gamemetrics("key", "origins", first, "--origin", PAGE, server=server)
    wait_for(lambda: preflight(server, OTHER_PAGE).status == 403)
    refused = preflight(server, OTHER_PAGE)
    assert refused.headers["Access-Control-Allow-Origin"] is None
    allowed = preflight(server, PAGE)
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
    assert send_as(server, server.write_key, OTHER_PAGE).status == 403
    gamemetrics("key", "origins", first, server=server)
    wait_for(lambda: preflight(server, OTHER_PAGE).status == 200)


SENSELESS = [["create", "write", "--origin", "game.example"], ["create", "server", "--origin", PAGE], ["create", "project", "--origin", PAGE],
             ["origins", "1", "--origin", "https://game.example/path"], ["origins", "99"]]


@pytest.mark.parametrize("arguments", SENSELESS)
def test_a_list_that_makes_no_sense_is_refused_and_makes_no_key(server, arguments):
    before = gamemetrics("key", "list", server=server).stdout
    failed = gamemetrics("key", *arguments, server=server, check=False)
    assert failed.returncode != 0 and failed.stderr
    assert gamemetrics("key", "list", server=server).stdout == before


def revenue(server):
    server.wait_processed()
    return sum(value or 0 for value in server.metric("revenue", YESTERDAY, TODAY).values())


def test_only_a_server_keys_money_counts_when_the_settings_say_so(tmp_path):
    server = Server(tmp_path / "data", {"ingest.client_revenue": "ignore"})
    try:
        server.start()
        key = create_key(server, "server")
        assert key.startswith("gm_sk_")
        wait_for(lambda: send_as(server, key).status == 200)
        purchase = {"event": "purchase", "player_id": "p", "revenue": {"amount": "4.99", "currency": "USD"}}
        claimed = server.post("/v1/events", {"events": [purchase]}).json()
        assert (claimed["accepted"], claimed["results"][0]["verdict"], claimed["results"][0]["tag"]) == (1, "warning", "revenue_not_validated")
        assert revenue(server) == 0
        assert server.top_events(YESTERDAY, TODAY)["purchase"] == 1, "the event itself is counted"
        believed = server.post("/v1/events", {"events": [{**purchase, "player_id": "q"}]}, key=key).json()
        assert (believed["accepted"], believed["results"]) == (1, [])
        assert revenue(server) == pytest.approx(4.99)
        assert server.get("/api/v1/project", key=key).status == 403, "a server key reads nothing"
        leaked = send_as(server, key, PAGE)
        assert (leaked.status, leaked.json()["code"]) == (403, "gm-origin-not-allowed")
    finally:
        server.stop()


def stored_properties(server, event, headers=None):
    """What the live feed shows of an event after its way through log and processor."""
    name = f"probe_{time.monotonic_ns()}"
    answer = server.post("/v1/events", {"events": [{"event": name, "player_id": "p", **event}]}, headers)
    assert answer.status == 200, answer.body
    server.wait_processed()
    shown = [row for row in server.get("/api/v1/live").json()["events"] if row["event"] == name]
    return shown[0]["properties"], answer.json()["results"]


@pytest.mark.parametrize("rule, own, named", [("drop", None, None), ("truncate", "203.0.113.0", "2001:db8:1::"), ("keep", "203.0.113.9", "2001:db8:1:2::3")])
def test_addresses_are_stored_as_the_setting_says(tmp_path, rule, own, named):
    server = Server(tmp_path / "data", {"ingest.ip": rule, "http.trusted_proxies": "127.0.0.0/8"})
    try:
        server.start()
        properties, results = stored_properties(server, {"properties": {"a": 1}}, {"X-Forwarded-For": "192.0.2.1, 203.0.113.9"})
        assert (properties.get("$ip"), properties["a"], results) == (own, 1, [])
        properties, results = stored_properties(server, {"properties": {"$ip": "2001:db8:1:2::3"}}, {"X-Forwarded-For": "203.0.113.9"})
        assert (properties.get("$ip"), results) == (named, [])
        assert "$ip" not in stored_properties(server, {})[0], "the proxy itself is no player"
    finally:
        server.stop()


def test_names_of_the_server_are_left_out_with_a_remark(server):
    properties, results = stored_properties(server, {"properties": {"$gm_trusted": True, "level": 2}})
    assert properties == {"level": 2}
    assert [(row["verdict"], row["tag"]) for row in results] == [("warning", "property_reserved")]
    assert 'gamemetrics_ingest_warnings_total{tag="property_reserved"} 1' in request("GET", server.internal_url + "/metrics").body.decode()


@pytest.mark.parametrize("setting", ["ingest.ip=hash", "ingest.client_revenue=maybe", "http.trusted_proxies=proxy.example"])
def test_a_word_that_a_setting_does_not_know_stops_the_start(tmp_path, setting):
    failed = subprocess.run([BINARY, "serve", f"--data_dir={tmp_path / 'data'}", "--http.address=127.0.0.1:0", "--internal.address=127.0.0.1:0", f"--{setting}"],
                            capture_output=True, text=True, timeout=60)
    assert failed.returncode != 0
    assert setting.split("=")[0] in failed.stderr
