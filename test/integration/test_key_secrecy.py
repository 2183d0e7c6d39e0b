"""A key is nowhere in what the server prints, nor in what it shows of events: the real binary at debug level, keys in every place that a dialect
takes one, right and wrong ones, requests good and broken."""
import base64
import gzip
import hashlib
import hmac
import json
import socket
import subprocess
import urllib.parse

import pytest
from gamemetrics_server import BINARY, Server, request


@pytest.fixture
def server(tmp_path):
    """Started a second time: the first start shows the keys it makes, once, because it has to."""
    running = Server(tmp_path / "data", {"logging.level": "debug"})
    try:
        running.start()
        running.stop()
        running.log_file.unlink()
        with open(tmp_path / "output", "wb") as output:
            running.output = output
            running.start()
        yield running
    finally:
        running.stop()


def create_key(server, kind):
    return subprocess.run([BINARY, "key", "create", kind, f"--data_dir={server.data_dir}"], capture_output=True, text=True, check=True).stdout.split()


def requests_with(key, secret):
    """(method, path, headers, body): the key wherever some dialect takes one."""
    quoted, event = urllib.parse.quote(key), {"event": "a", "player_id": "p"}
    bearer = {"Authorization": f"Bearer {key}"}
    basic = {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}
    posthog = {"api_key": key, "batch": [{"event": "a", "distinct_id": "u"}]}
    mixpanel = [{"event": "a", "properties": {"token": key, "distinct_id": "u"}}]
    signed = b'[{"category":"user","user_id":"u"}]'
    signature = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()
    yield "POST", "/v1/events", bearer, json.dumps({"events": [event]})
    yield "POST", f"/v1/events?key={quoted}", {}, json.dumps({"events": [event]})
    yield "POST", "/v1/events", {"Authorization": key}, json.dumps({"events": [event]})
    yield "POST", "/v1/events", bearer, '{"events":[{'
    yield "POST", "/v1/events", {**bearer, "Content-Encoding": "gzip"}, "no gzip"
    yield "POST", "/v1/events", {**bearer, "Content-Encoding": key}, "{}"
    yield "POST", "/v1/events", {**bearer, "Content-Type": "application/x-ndjson"}, json.dumps(event) + "\n{"
    yield "POST", "/batch/", {}, json.dumps(posthog)
    yield "POST", "/batch/", {}, json.dumps(posthog)[:-3]
    yield "POST", "/e/", {"Content-Type": "application/x-www-form-urlencoded"}, "data=" + base64.b64encode(json.dumps(posthog).encode()).decode()
    yield "POST", "/e/", {"Content-Type": "application/x-www-form-urlencoded"}, "data=%%%" + quoted
    yield "GET", "/e/?data=" + urllib.parse.quote(base64.b64encode(json.dumps(posthog).encode()).decode()), {}, None
    yield "POST", "/capture/", {}, json.dumps({"token": key, "event": "a", "distinct_id": "null"})
    yield "POST", "/flags/?v=2", {}, json.dumps({"token": key, "distinct_id": "u"})
    yield "POST", "/i/v1/analytics/events", bearer, "{}"
    yield "GET", f"/array/{quoted}/config", {}, None
    yield "POST", "/v1/track", basic, json.dumps({"event": "a", "userId": "u"})
    yield "POST", "/v1/track", {}, json.dumps({"event": "a", "userId": "u", "writeKey": key})
    yield "POST", f"/v1/batch?writeKey={quoted}", {}, json.dumps({"batch": [{"type": "track", "event": "a", "userId": "u"}], "writeKey": key})
    yield "POST", "/2/httpapi", {}, json.dumps({"api_key": key, "events": [{"event_type": "a", "user_id": "user-1"}]})
    yield "POST", "/identify", {"Content-Type": "application/x-www-form-urlencoded"}, f"api_key={quoted}&identification=%5B"
    yield "POST", f"/v2/{quoted}/events", {"Authorization": signature}, signed.decode()
    yield "POST", f"/v2/{quoted}/events", {"Authorization": secret}, signed.decode()
    yield "POST", f"/remote_configs/v1/init?game_key={quoted}", {"Authorization": signature}, signed.decode()
    yield "GET", f"/i?e=pv&p=web&uid=u&aid={quoted}", {}, None
    yield "POST", "/com.snowplowanalytics.snowplow/tp2", {}, json.dumps({"data": [{"e": "pv", "uid": "u", "aid": key}]})
    yield "POST", "/track", {}, json.dumps(mixpanel)
    yield "GET", "/track?data=" + base64.urlsafe_b64encode(json.dumps(mixpanel).encode()).decode(), {}, None
    yield "POST", f"/import?strict=1&api_key={quoted}", basic, json.dumps(mixpanel)
    yield "GET", f"/i?app_key={quoted}&device_id=d&begin_session=1", {}, None
    yield "POST", "/i/bulk", {"Content-Type": "application/x-www-form-urlencoded"}, f"app_key={quoted}&requests=%5B%7B"
    yield "GET", f"/o/sdk?method=rc&app_key={quoted}", {}, None
    yield "POST", "/v1/logs", {**bearer, "Content-Type": "application/json"}, "{}"
    yield "POST", "/v1/cloudevents", {**bearer, "Content-Type": "application/cloudevents+json"}, "{}"
    yield "POST", "/applications/a/events", {"Authorization": key}, json.dumps({"events": []})
    yield "GET", "/api/v1/project", bearer, None
    yield "GET", f"/api/v1/project?key={quoted}", {}, None
    yield "GET", f"/no/such/path/{quoted}", bearer, None
    yield "DELETE", f"/v1/events?{quoted}", bearer, None


def broken_requests(key):
    """Bytes that are no request, or end too soon."""
    yield f"GET /{key} HTTP/9.9\r\nAuthorization: Bearer {key}\r\n\r\n"
    yield f"{key} / HTTP/1.1\r\nHost: x\r\n\r\n"
    yield f"POST /%zz{key} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 0\r\n\r\n"
    yield f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer {key}\r\nContent-Length: 0\r\n\r\n"
    yield f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {key}\r\n\r\n"
    yield f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n{key}\r\n"
    yield f"POST /v1/events HTTP/1.1\r\nHost: x\r\nExpect: {key}\r\nAuthorization: Bearer {key}\r\nContent-Length: 2\r\n\r\n"
    yield f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nX-Long: {key * 400}\r\n\r\n"
    yield f"POST /v1/events HTTP/1.1\nAuthorization: Bearer {key}\n\n"
    yield f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: 900\r\n\r\n{key}"


def send_bytes(server, text):
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            pass
    return received


def test_no_key_is_in_what_the_server_prints(server, tmp_path):
    game = create_key(server, "gameanalytics")
    pair = (game[2], game[5])  # "game key <key> secret key <key>"
    mistyped = server.write_key[:-1] + ("0" if server.write_key[-1] != "0" else "1")
    unknown = "gm_wk_" + "0123456789abcdefghjkmnpqrs" + "tvwxyz"
    keys = [server.write_key, server.project_key, create_key(server, "server")[0], pair[0], mistyped, unknown, "x" * 31 + "K", 'a"b\\c\x7fsecret']
    statuses = set()
    for key in keys:
        for method, path, headers, body in requests_with(key, pair[1]):
            headers = {name: value.replace("\x7f", "") for name, value in headers.items()}
            answer = request(method, server.url + path, body.encode() if body is not None else None, {"Origin": "https://game.example", **headers})
            statuses.add(answer.status)
            if key not in (server.write_key, server.project_key):
                assert key.encode() not in answer.body or path.startswith("/array/"), (path, answer.body)
        for text in broken_requests(key.replace("\x7f", "")):
            send_bytes(server, text)
        request("POST", server.url + "/v1/events", gzip.compress(b" " * 3_000_000), {"Content-Encoding": "gzip", "Authorization": f"Bearer {key}"})
    assert {200, 400, 401, 403, 404, 405, 415} <= statuses, statuses
    metrics = request("GET", server.internal_url + "/metrics").body
    server.wait_processed()
    rejected, live = server.get("/api/v1/rejected?limit=500"), server.get("/api/v1/live")
    assert b"gm_wk_****" in rejected.body and live.json()["events"], "events were looked at"
    for secret in (key.encode() for key in keys if key.startswith("gm_")):
        assert secret not in rejected.body and secret not in live.body, secret
    assert server.stop() == 0
    printed = server.log_file.read_bytes() + (tmp_path / "output").read_bytes()
    assert b"serving" in printed, "the log was looked at"
    for secret in [*keys, pair[1]]:
        for form in (secret, secret[-20:], base64.b64encode(secret.encode()).decode()[:30], urllib.parse.quote(secret)):
            assert form.encode() not in printed, form
            assert form.encode() not in metrics, form
