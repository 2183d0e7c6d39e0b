"""One good request in each dialect, for tests of what all of them have in common."""
import base64
import hashlib
import hmac
import json
import re
import subprocess
import time
import uuid

from gamemetrics_server import BINARY, request


def key_pair(server, seconds=10):
    """A new (game key, secret key) of GameAnalytics, once the server knows it: it reads its keys again every two seconds."""
    made = subprocess.run([BINARY, "key", "create", "gameanalytics", f"--data_dir={server.data_dir}"], capture_output=True, text=True, check=True)
    game, secret = re.search(r"game key\s+(\w{32})\nsecret key\s+(\w{40})\n", made.stdout).groups()
    signature = base64.b64encode(hmac.new(secret.encode(), b"{}", hashlib.sha256).digest()).decode()
    deadline = time.monotonic() + seconds
    while request("POST", f"{server.url}/v2/{game}/init", b"{}", {"Authorization": signature}).status == 401:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return game, secret


def dialect_requests(key, pair):
    """{dialect: (path, body, headers, the status that its clients send again after)}; one event each. `pair`: of GameAnalytics."""
    (game, secret), now = pair, int(time.time() * 1000)
    iso = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    bearer = {"Authorization": f"Bearer {key}"}
    ga = json.dumps([{"v": 2, "user_id": "u", "client_ts": now // 1000, "sdk_version": "javascript 4.4.7", "os_version": "ios 17.1", "manufacturer": "apple",
                      "device": "x", "platform": "ios", "session_id": str(uuid.uuid4()), "session_num": 1, "category": "user"}]).encode()
    snowplow = {"schema": "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4", "data": [
        {"e": "pv", "p": "mob", "tv": "x", "eid": str(uuid.uuid4()), "uid": "u", "dtm": str(now), "url": "https://game.example/"}]}
    otlp = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": str(now * 10**6), "eventName": "x", "attributes": [
        {"key": "user.id", "value": {"stringValue": "u"}}]}]}]}]}
    v1 = {**bearer, "PostHog-API-Version": "1", "PostHog-SDK-Info": "posthog-node/5", "PostHog-Request-Id": str(uuid.uuid4()), "PostHog-Attempt": "1",
          "PostHog-Request-Timestamp": iso}
    return {
        "native": ("/v1/events", {"events": [{"event": "x", "player_id": "u"}]}, bearer, 503),
        "posthog": ("/batch/", {"api_key": key, "batch": [{"event": "x", "distinct_id": "u", "timestamp": iso}]}, {}, 503),
        "posthog v1": ("/i/v1/analytics/events",
                       {"created_at": iso, "batch": [{"event": "x", "distinct_id": "u", "uuid": str(uuid.uuid4()), "timestamp": iso}]}, v1, 503),
        "segment": ("/v1/batch", {"batch": [{"type": "track", "event": "x", "userId": "u", "messageId": "m", "timestamp": iso}]},
                    {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}, 429),
        "amplitude": ("/2/httpapi", {"api_key": key, "events": [{"event_type": "x", "user_id": "u", "time": now}]}, {}, 503),
        "gameanalytics": (f"/v2/{game}/events", ga, {"Authorization": base64.b64encode(hmac.new(secret.encode(), ga, hashlib.sha256).digest()).decode()}, 503),
        "snowplow": ("/com.snowplowanalytics.snowplow/tp2", snowplow, bearer, 503),
        "mixpanel": ("/track", [{"event": "x", "properties": {"token": key, "distinct_id": "u", "time": now}}], {}, 503),
        "countly": (f"/i?app_key={key}&device_id=u&begin_session=1&timestamp={now}", b"", {}, 503),
        "otlp": ("/v1/logs", otlp, bearer, 503),
        "cloudevents": ("/v1/cloudevents", {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "game", "type": "x", "subject": "u", "time": iso,
                                                "data": {}},
                        {**bearer, "Content-Type": "application/cloudevents+json"}, 503),
        "aws_game": ("/applications/game/events", {"events": [{"event_id": str(uuid.uuid4()), "event_type": "x", "event_name": "x",
                                                               "event_timestamp": now // 1000, "event_version": "1.0.0", "app_version": "1",
                                                               "event_data": {"player_id": "u"}}]},
                     {"Authorization": key}, 503),
    }


def send(server, path, body, headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return request("POST", server.url + path, data, {"Content-Type": "application/json", **headers})
